// A layer is blended as in linear light (gamma 2), exactly so over the plain background; each channel has its own opacity.
flat in vec3 source;
uniform sampler2D atlas;
uniform sampler2D atlas_depth;
layout(location = 0, index = 0) out vec4 colour;
layout(location = 0, index = 1) out vec4 opacity;

void main() {
    ivec2 at = ivec2(gl_FragCoord.xy + source.xy);
    vec4 figure = texelFetch(atlas, at, 0);
    if (figure.a <= 0.0) discard;
    vec3 own = figure.rgb / figure.a, behind = mix(bottom.rgb, top.rgb, gl_FragCoord.y * viewport.w);
    float alpha = figure.a * source.z;
    vec3 mixed = sqrt(mix(behind * behind, own * own, alpha));
    vec3 share = floor_.w > 0.5 ? vec3(alpha) : alpha * (own + behind) / max(mixed + behind, 1e-3);
    colour = vec4(own * share, alpha);
    opacity = vec4(share, alpha);
    gl_FragDepth = texelFetch(atlas_depth, at, 0).r;
}
