// Text, icons and marks: rectangles of the glyph atlas, placed in px from the top left.
layout(location = 0) in vec4 place;    // left, top, width, height px
layout(location = 1) in vec2 corner;   // left, top px in the atlas
layout(location = 2) in vec4 ink;      // sRGB, opacity
layout(location = 3) in vec4 halo;     // sRGB, opacity
flat out vec4 ink_;
flat out vec4 halo_;
out vec2 texel;

void main() {
    vec2 unit = vec2(gl_VertexID & 1, gl_VertexID >> 1);
    ink_ = ink;
    halo_ = halo;
    texel = corner + unit * place.zw;
    vec2 px = place.xy + unit * place.zw;
    gl_Position = vec4(px.x * viewport.z * 2.0 - 1.0, 1.0 - px.y * viewport.w * 2.0, 0.0, 1.0);
}
