// A bone as one screen-aligned quad around its capsule; the fragment shader casts the ray. A sphere is a bone of length 0.
layout(location = 0) in vec4 end_a;      // world, radius
layout(location = 1) in vec4 end_b;
layout(location = 2) in vec4 colour_a;   // sRGB, opacity
layout(location = 3) in vec4 colour_b;   // sRGB, how far the shading is flattened
#ifdef LAYER
layout(location = 4) in vec4 window;     // left, bottom, right, top of the figure on the screen, px
layout(location = 5) in vec2 shift;      // from the screen to the figure's place in the atlas, px
uniform vec2 atlas_size;
out float gl_ClipDistance[4];
#endif

flat out vec4 start;       // view space, radius
flat out vec4 axis;        // unit, length
flat out vec4 ends;        // radius at the far end, flattening, 1 / length, px a metre
flat out vec4 base_a;      // linear, opacity
flat out vec3 base_b;
flat out vec3 half_way;    // between the key light and the eye
out vec3 ray;              // perspective: the direction at depth 1; orthographic: a point of the plane z = 0

vec3 linear(vec3 srgb) {
    return mix(srgb / 12.92, pow((srgb + 0.055) / 1.055, vec3(2.4)), step(0.04045, srgb));
}

// Centre in ndc and radius in px of a sphere's outline, a little too large.
vec3 disc(vec3 centre, float radius) {
    if (lens.w > 0.5) return vec3(centre.xy / lens.xy, radius / lens.z);
    float depth = -centre.z;
    float stretch = 1.0 + dot(centre.xy, centre.xy) / (depth * depth);
    float away = max(depth * depth - radius * radius, 0.04 * depth * depth);
    return vec3(centre.xy / (depth * lens.xy), radius * sqrt(stretch) * inversesqrt(away) * stretch / lens.z);
}

void main() {
    vec3 a = (view * vec4(end_a.xyz, 1.0)).xyz, b = (view * vec4(end_b.xyz, 1.0)).xyz;
    float len = distance(a, b);
    start = vec4(a, end_a.w);
    axis = len > 1e-5 ? vec4((b - a) / len, len) : vec4(1.0, 0.0, 0.0, 0.0);
    vec3 middle = 0.5 * (a + b);
    ends = vec4(end_b.w, colour_b.a, len > 1e-5 ? 1.0 / len : 0.0, 1.0 / (lens.w > 0.5 ? lens.z : lens.z * max(-middle.z, 1e-3)));
    half_way = normalize(key.xyz + (lens.w > 0.5 ? vec3(0.0, 0.0, 1.0) : -normalize(middle)));
    base_a = vec4(linear(colour_a.rgb), colour_a.a);
    base_b = linear(colour_b.rgb);

    float nearest = max(end_a.w, end_b.w) * 1.5 + 0.01;
    if (lens.w < 0.5) {
        if (a.z > -nearest && b.z > -nearest) {
            gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
#ifdef LAYER
            gl_ClipDistance[0] = -1.0;
#endif
            return;
        }
        if (a.z > -nearest) a = mix(a, b, (a.z + nearest) / (a.z - b.z));
        if (b.z > -nearest) b = mix(b, a, (b.z + nearest) / (b.z - a.z));
    }
    vec3 p = disc(a, end_a.w), q = disc(b, end_b.w);
    vec2 pa = p.xy * viewport.xy * 0.5, pb = q.xy * viewport.xy * 0.5;
    vec2 along = pb - pa;
    float apart = length(along);
    along = apart > 1e-3 ? along / apart : vec2(1.0, 0.0);
    float ra = p.z + 0.7, rb = q.z + 0.7;
    if (rb > apart + ra) { pa = pb; ra = rb; }
    if (ra > apart + rb) { pb = pa; rb = ra; }
    vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1) * 2.0 - 1.0;
    vec2 px = corner.x < 0.0 ? pa - along * ra : pb + along * rb;
    float across = max(ra, rb);
    px += vec2(-along.y, along.x) * corner.y * across;
    vec2 ndc = px * 2.0 * viewport.zw;
    ray = vec3(ndc * lens.xy, -1.0);
#ifdef LAYER
    vec2 screen = px + 0.5 * viewport.xy;
    gl_ClipDistance[0] = screen.x - window.x;
    gl_ClipDistance[1] = screen.y - window.y;
    gl_ClipDistance[2] = window.z - screen.x;
    gl_ClipDistance[3] = window.w - screen.y;
    gl_Position = vec4((screen + shift) / atlas_size * 2.0 - 1.0, 0.0, 1.0);
#else
    gl_Position = vec4(ndc, 0.0, 1.0);
#endif
}
