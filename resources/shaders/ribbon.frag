in vec4 tint;
in vec4 across;
layout(location = 0) out vec4 colour;

void main() {
    float cover = clamp(across.y - abs(across.x) + 0.5, 0.0, 1.0);
    if (across.w > 0.0) {
        float phase = abs(fract(across.z / (2.0 * across.w)) - 0.5) * 2.0 * across.w;   // 0 in a gap's middle
        cover *= clamp((phase - 0.5 * across.w) / max(fwidth(across.z), 1e-6) + 0.5, 0.0, 1.0);
    }
    float alpha = tint.a * cover;
    if (alpha <= 0.0) discard;
    colour = vec4(tint.rgb * alpha, alpha);
}
