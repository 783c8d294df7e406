// Pool of light and grid, fading out with the distance from the action.
in vec2 at;
layout(location = 0) out vec4 colour;

void main() {
    float r2 = dot(at, at);
    float fade = clamp(1.0 - sqrt(r2) / ground.w, 0.0, 1.0);
    fade *= fade * (3.0 - 2.0 * fade);
    float light = clamp(1.0 - r2 / (2.25 * floor_.y * floor_.y), 0.0, 1.0);
    light *= light * pool.w * (1.0 - floor_.w);
    // Lines every half metre, each second one heavier; about a px wide, and gone before they would flicker.
    vec2 halves = (at + ground.xz) * 2.0, nearest = floor(halves + 0.5), per_px = 0.5 / max(fwidth(at), 1e-6);
    vec2 cover = clamp(0.5 * floor_.z + 0.5 - abs(halves - nearest) * per_px, 0.0, 1.0) * clamp(per_px * 0.25 - 0.5, 0.0, 1.0);
    cover *= mix(vec2(floor_.x), vec2(grid.w), abs(nearest - 2.0 * floor(nearest * 0.5)));
    float line = max(cover.x, cover.y) * fade, rest = light * (1.0 - line);
    colour = vec4(grid.rgb * line + pool.rgb * rest, line + rest);
}
