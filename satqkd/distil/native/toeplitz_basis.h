/* Part of toeplitz_lanes.h: from powers of y to X_i and back, for 16 and for 256 coefficients.
 *
 * 16 = 4 x 4: divided by s_2 = y^4 + y to the powers 2 and 1; then the quotients among each other
 * and the four of each alike, by s_1 = y^2 + y. 256 = 16 x 16 likewise, by s_4 = y^16 + y.
 */

TARGET static inline void NAME(sixteen)(VECTOR *b, size_t stride)
{
    VECTOR e[16];
    for (int i = 0; i < 16; i++)
        e[i] = b[i * stride];
    for (int i = 8; i < 10; i++)
        e[i] = ADD(e[i], e[i + 6]);
    for (int i = 2; i < 8; i++)
        e[i] = ADD(e[i], e[i + 6]);
    for (int c = 0; c < 16; c += 8) {
        e[c + 4] = ADD(e[c + 4], e[c + 7]);
        for (int i = 1; i < 4; i++)
            e[c + i] = ADD(e[c + i], e[c + i + 3]);
    }
    for (int i = 11; i > 3; i--)
        e[i] = ADD(e[i], e[i + 4]);
    for (int c = 0; c < 16; c += 4) {
        e[c + 2] = ADD(e[c + 2], e[c + 3]);
        e[c + 1] = ADD(e[c + 1], e[c + 2]);
    }
    for (int i = 0; i < 16; i++)
        b[i * stride] = e[i];
}

TARGET static inline void NAME(sixteen_back)(VECTOR *b, size_t stride)
{
    VECTOR e[16];
    for (int i = 0; i < 16; i++)
        e[i] = b[i * stride];
    for (int c = 0; c < 16; c += 4) {
        e[c + 1] = ADD(e[c + 1], e[c + 2]);
        e[c + 2] = ADD(e[c + 2], e[c + 3]);
    }
    for (int i = 4; i < 12; i++)
        e[i] = ADD(e[i], e[i + 4]);
    for (int c = 0; c < 16; c += 8) {
        for (int i = 1; i < 4; i++)
            e[c + i] = ADD(e[c + i], e[c + i + 3]);
        e[c + 4] = ADD(e[c + 4], e[c + 7]);
    }
    for (int i = 2; i < 8; i++)
        e[i] = ADD(e[i], e[i + 6]);
    for (int i = 8; i < 10; i++)
        e[i] = ADD(e[i], e[i + 6]);
    for (int i = 0; i < 16; i++)
        b[i * stride] = e[i];
}

TARGET static void NAME(basis)(VECTOR *b)
{
    for (size_t k = SIDE; k > 16; k /= 2)
        for (size_t c = 0, g = k / 32; c < SIDE; c += k) {
            NAME(add)(b + c + k / 2, b + c + k - g, g);
            NAME(add)(b + c + g, b + c + k / 2, k / 2 - g);
        }
    for (size_t i = 0; i < 16; i++)
        NAME(sixteen)(b + i, 16);
    for (size_t i = 0; i < SIDE; i += 16)
        NAME(sixteen)(b + i, 1);
}

TARGET static void NAME(basis_back)(VECTOR *b)
{
    for (size_t i = 0; i < SIDE; i += 16)
        NAME(sixteen_back)(b + i, 1);
    for (size_t i = 0; i < 16; i++)
        NAME(sixteen_back)(b + i, 16);
    for (size_t k = 32; k <= SIDE; k *= 2)
        for (size_t c = 0, g = k / 32; c < SIDE; c += k) {
            NAME(add)(b + c + g, b + c + k / 2, k / 2 - g);
            NAME(add)(b + c + k / 2, b + c + k - g, g);
        }
}
