flat in vec3 source;
uniform sampler2D atlas;
uniform sampler2D atlas_depth;
layout(location = 0) out vec4 colour;

void main() {
    ivec2 at = ivec2(gl_FragCoord.xy + source.xy);
    colour = texelFetch(atlas, at, 0) * source.z;
    if (colour.a <= 0.0) discard;
    gl_FragDepth = texelFetch(atlas_depth, at, 0).r;
}
