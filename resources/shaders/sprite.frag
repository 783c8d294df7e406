flat in vec4 ink_;
flat in vec4 halo_;
in vec2 texel;
uniform sampler2D glyphs;   // red: the ink's coverage, green: the halo's
layout(location = 0) out vec4 colour;

void main() {
    vec2 cover = texelFetch(glyphs, ivec2(texel), 0).rg * vec2(ink_.a, halo_.a);
    colour = vec4(ink_.rgb * cover.r + halo_.rgb * cover.g * (1.0 - cover.r), cover.r + cover.g * (1.0 - cover.r));
    if (colour.a <= 0.0) discard;
}
