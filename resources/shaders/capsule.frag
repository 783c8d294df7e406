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
    c = clamp(c, 0.0, 1.0);
    return clamp(1.1410880 * sqrt(c) - 0.1162521 * c - 0.0124976, 0.0, 1.0);
}

void main(){ gl_FragDepth=0.5; colour=vec4(base_a.rgb,1.0)+ray.xyzz*1e-9; }
