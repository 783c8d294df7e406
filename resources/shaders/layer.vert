// A figure's place in the atlas laid over the screen.
layout(location = 0) in vec4 window;   // left, bottom, right, top px
layout(location = 1) in vec3 place;    // shift to the atlas px, opacity
flat out vec3 source;

void main() {
    vec2 px = mix(window.xy, window.zw, vec2(gl_VertexID & 1, gl_VertexID >> 1));
    source = place;
    gl_Position = vec4(px * viewport.zw * 2.0 - 1.0, 0.0, 1.0);
}
