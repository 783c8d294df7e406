// What every program knows about the frame; written once a frame by render/renderer.py (std140, vec4 only).
layout(std140) uniform Frame {
    mat4 view;         // world -> view
    mat4 projection;   // view -> clip
    vec4 viewport;     // width, height, 1 / width, 1 / height in framebuffer px
    vec4 lens;         // 1 / P[0][0], 1 / P[1][1], size of a px at depth 1 (perspective) or anywhere (orthographic), orthographic
    vec4 up;           // dot(up.xyz, p) + up.w = height over the ground of a view-space point
    vec4 key;          // key light's direction in view space, diffuse
    vec4 rim;          // rim light's direction in view space, rim
    vec4 material;     // ambient from below, ambient from above, specular, 0
    vec4 ground;       // centre x, ground y, centre z, radius where the ground has faded
    vec4 grid;         // colour, opacity of the half-metre lines
    vec4 pool;         // colour, opacity
    vec4 floor_;       // opacity of the metre lines, radius of the pool, px a point of the screen has, transparent
    vec4 top;          // background at the top
    vec4 bottom;       // background at the bottom
    vec4 shadow;       // region of the shadow mask: low x, low z, 1 / width, 1 / depth
    vec4 shade;        // shadow strength, part of the mask in use (x, y), 0
};
