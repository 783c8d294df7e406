flat in vec4 segment;
flat in vec4 soft;
in vec2 at;
layout(location = 0) out vec4 colour;

void main() {
    vec2 along = segment.zw - segment.xy, from = at - segment.xy;
    float t = clamp(dot(from, along) / max(dot(along, along), 1e-9), 0.0, 1.0);
    vec2 off = from - along * t;
    float wide = mix(soft.x, soft.y, t);
    float inside = clamp(1.0 - dot(off, off) / (wide * wide), 0.0, 1.0);
    colour = vec4(mix(soft.z, soft.w, t) * inside * inside);
}
