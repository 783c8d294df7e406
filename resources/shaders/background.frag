// The background's gradient, dithered by half a grey level so that it shows no bands.
layout(location = 0) out vec4 colour;

float bayer2(vec2 a) {
    a = floor(a);
    return fract(a.x * 0.5 + a.y * a.y * 0.75);
}

void main() {
    vec2 a = gl_FragCoord.xy;
    float bayer = (bayer2(0.25 * a) * 0.25 + bayer2(0.5 * a)) * 0.25 + bayer2(a);
    colour = vec4(mix(bottom.rgb, top.rgb, a.y * viewport.w) + (bayer - 0.5) / 255.0, 1.0);
}
