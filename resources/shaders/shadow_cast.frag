in vec2 uv;
uniform sampler2D mask;
layout(location = 0) out vec4 colour;

void main() {
    colour = vec4(0.0, 0.0, 0.0, texture(mask, uv * shade.yz).r * shade.x);
}
