// Pool of light and grid, fading out with the distance from the action.
in vec2 at;
layout(location = 0) out vec4 colour;

// Coverage of lines of one px a `spacing` apart; gone before they would flicker.
float lines(vec2 world, vec2 px, float spacing) {
    vec2 off = (0.5 - abs(fract(world / spacing) - 0.5)) * spacing / px;
    vec2 thin = clamp(spacing / px * 0.25 - 0.5, 0.0, 1.0);
    vec2 cover = clamp(0.5 * floor_.z + 0.5 - off, 0.0, 1.0) * thin;
    return max(cover.x, cover.y);
}

void main() {
    float r2 = dot(at, at);
    float fade = clamp(1.0 - r2 / (ground.w * ground.w), 0.0, 1.0);
    float light = clamp(1.0 - r2 / (floor_.y * floor_.y), 0.0, 1.0);
    light *= light * pool.w * (1.0 - floor_.w);
    vec2 world = at + ground.xz, px = max(fwidth(at), 1e-6);
    float major = lines(world, px, 1.0) * floor_.x, minor = lines(world, px, 0.5) * grid.w;
    float line = max(major, minor) * fade;
    float alpha = line + light * (1.0 - line);
    colour = vec4(grid.rgb * line + pool.rgb * light * (1.0 - line), alpha);
}
