// Ray against capsule: nearest approach gives the edge's coverage, the hit gives normal and depth. Light: design's shading.
flat in vec4 start;
flat in vec4 axis;
flat in vec4 ends;
flat in vec4 base_a;
flat in vec3 base_b;
flat in vec3 half_way;
in vec3 ray;
#ifdef LAYER
layout(location = 0, index = 0) out vec4 colour;
layout(location = 0, index = 1) out vec4 covered;
#else
layout(location = 0) out vec4 colour;
#endif

// sRGB from linear light, within 0.013 of the curve: on software OpenGL every power and root counts.
vec3 encoded(vec3 c) {
    return min(1.1410880 * sqrt(c) - 0.1162521 * c - 0.0124976, 1.0);
}

void main() {
    bool flat_lens = lens.w > 0.5;
    vec3 direction = flat_lens ? vec3(0.0, 0.0, -1.0) : normalize(ray);
    vec3 from = flat_lens ? vec3(ray.xy, 0.0) : vec3(0.0);
    // Work from the point of the ray beside the capsule's middle: small numbers keep their digits.
    float reach = dot(direction, start.xyz + axis.xyz * (0.5 * axis.w) - from);
    vec3 o = from + direction * reach - start.xyz;
    float od = dot(o, direction), ou = dot(o, axis.xyz), du = dot(direction, axis.xyz);
    float per_slant = 1.0 / max(1.0 - du * du, 1e-5);
    float s = (ou - od * du) * per_slant;                 // nearest approach along the bone's line ...
    float t = (ou * du - od) * per_slant;                 // ... and along the ray
    float near_s = clamp(s, 0.0, axis.w);
    float blend = near_s * ends.z;
    float radius = mix(start.w, ends.x, blend);
    vec3 w = o - axis.xyz * near_s;
    float wd = dot(w, direction);
    float apart = sqrt(max(dot(w, w) - wd * wd, 0.0));
    float coverage = clamp(min((radius - apart) * ends.w + 0.5, 2.0 * radius * ends.w), 0.0, 1.0);
    if (coverage <= 0.0) discard;

    vec3 closest = o + direction * t - axis.xyz * s;
    float inside = radius * radius - dot(closest, closest);
    float y = s, at = t;
    if (inside > 0.0) {
        float back = sqrt(inside * per_slant);
        at -= back;
        y -= back * du;
    }
    float end = clamp(y, 0.0, axis.w);
    w = o - axis.xyz * end;
    if (end != y) {
        wd = dot(w, direction);
        at = -wd - sqrt(max(radius * radius - dot(w, w) + wd * wd, 0.0));
    }
    vec3 n = normalize(w + direction * at);
    vec3 p = o + direction * at + start.xyz;
    float clip_z = projection[2][2] * p.z + projection[3][2], clip_w = projection[2][3] * p.z + projection[3][3];
    gl_FragDepth = clamp(0.5 + 0.5 * clip_z / clip_w, 0.0, 1.0);

    vec3 base = mix(base_a.rgb, base_b, blend);
    float facing = max(-dot(n, direction), 0.0);
    float wrap = clamp((dot(n, key.xyz) + 0.35) / 1.35, 0.0, 1.0);
    wrap += wrap * (1.0 - wrap) * (0.2398190 * wrap - 0.4479638);   // the power 1.25, within 0.006
    float hemi = 0.5 + 0.5 * dot(n, up.xyz);
    float height = dot(p, up.xyz) + up.w;
    float lit = mix(material.x, material.y, hemi) + key.w * wrap;
    lit *= (0.72 + 0.28 * clamp(height / 0.55, 0.0, 1.0)) * (0.80 + 0.20 * clamp(facing / 0.35, 0.0, 1.0));
    float gloss = max(dot(n, half_way), 0.0);
    gloss *= gloss; gloss *= gloss;                       // ^4
    float gloss8 = gloss * gloss, gloss16 = gloss8 * gloss8;
    float edge = 1.0 - facing;
    vec3 c = base * lit + material.z * gloss16 * gloss8 * gloss
        + rim.w * edge * edge * edge * clamp(dot(n, rim.xyz) + 0.3, 0.0, 1.0) * (0.5 * base + 0.5);
#ifdef LAYER
    colour = vec4(encoded(mix(c, base, ends.y)) * base_a.a, base_a.a);
    covered = vec4(coverage);
#else
    colour = vec4(encoded(c), 1.0) * coverage;
#endif
}
