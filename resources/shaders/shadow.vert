// A bone's contact shadow in the mask, which lies on the ground: the bone once more as a soft flat capsule.
layout(location = 0) in vec4 end_a;
layout(location = 1) in vec4 end_b;
layout(location = 6) in float weight;   // the figure's opacity; 0 casts none

flat out vec4 segment;   // x, z of both ends
flat out vec4 soft;      // half-widths and strengths of both ends
out vec2 at;

// Place (x, z), half-width and strength of one end's shadow.
vec4 cast_shadow(vec4 end) {
    float height = max(end.y - ground.y, 0.0);
    float blur = 0.035 + 0.22 * height;
    return vec4(end.xz + height * vec2(0.16, -0.20), end.w + blur, 0.8 * end.w / (end.w + blur));
}

void main() {
    vec4 a = cast_shadow(end_a), b = cast_shadow(end_b);
    segment = vec4(a.xy, b.xy);
    soft = vec4(a.z, b.z, a.w * weight, b.w * weight);
    vec2 along = b.xy - a.xy;
    float apart = length(along);
    along = apart > 1e-5 ? along / apart : vec2(1.0, 0.0);
    vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1) * 2.0 - 1.0;
    float wide = max(a.z, b.z);
    at = (corner.x < 0.0 ? a.xy - along * wide : b.xy + along * wide) + vec2(-along.y, along.x) * corner.y * wide;
    gl_Position = vec4(((at - shadow.xy) * shadow.zw) * 2.0 - 1.0, 0.0, weight > 0.0 ? 1.0 : 0.0);
}
