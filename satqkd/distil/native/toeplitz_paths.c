/* The ways to multiply polynomials over two elements, and which of them this processor has. */
#include "toeplitz.h"

#define LANED(WAY, x) WAY##_##x

/* ---- Everywhere: one lane, four bits of the first factor at a time. The first factor is public
 * in privacy amplification: what is looked up hangs on it alone. ---- */
typedef struct {
    uint64_t low, high;
} portable_sum;

static inline void portable_sum_of(portable_sum *sum, uint64_t a, uint64_t x)
{
    uint64_t times[16] = {0, x};
    for (int i = 2; i < 16; i += 2) {
        times[i] = times[i / 2] << 1;
        times[i + 1] = times[i] ^ x;
    }
    uint64_t low = times[a & 15], high = 0;
    for (int s = 4; s < 64; s += 4) {
        uint64_t part = times[a >> s & 15];
        low ^= part << s;
        high ^= part >> (64 - s);
    }
    /* bits of x that were shifted out of the table */
    high ^= (a & 0xEEEEEEEEEEEEEEEEu) >> 1 & (0 - (x >> 63));
    high ^= (a & 0xCCCCCCCCCCCCCCCCu) >> 2 & (0 - (x >> 62 & 1));
    high ^= (a & 0x8888888888888888u) >> 3 & (0 - (x >> 61 & 1));
    sum->low ^= low;
    sum->high ^= high;
}

static inline uint64_t portable_again(uint64_t top)
{
    uint64_t out = top ^ top >> 1 ^ top >> 3;
    return out ^ out << 1 ^ out << 3 ^ out << 4;
}

#define NAME(x) LANED(portable, x)
#define TARGET
#define VECTOR uint64_t
#define LANES 1
#define GET(p) (*(p))
#define PUT(p, v) (*(p) = (v))
#define EVERY(n) (n)
#define ADD(a, b) ((a) ^ (b))
#define UP(v, n) ((v) << (n))
#define DOWN(v, n) ((v) >> (n))
#define AGAIN portable_again
#define SUM portable_sum
#define sum_of portable_sum_of
#define low(s) ((s).low)
#define high(s) ((s).high)
#include "toeplitz_lanes.h"

static int portable_there(void)
{
    return 1;
}

uint64_t element_product(uint64_t public, uint64_t secret)
{
    return portable_times(public, secret);
}

/* ---- x86-64: the instruction multiplies word 0 or word 1 of each 128 bits, so even and odd lanes
 * are summed apart; unpacking puts their halves back in order. ---- */
#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
#define WITH_CLMUL 1
#include <immintrin.h>

/* As portable_again, byte by byte: only the lowest byte of a word is not 0. */
#define AGAIN_BYTES \
    0x00, 0x1b, 0x2d, 0x36, 0x5a, 0x41, 0x77, 0x6c, 0xaf, 0xb4, 0x82, 0x99, 0xf5, 0xee, 0xd8, \
    0xc3

#define CLMUL_LANES(WAY, FEATURES, V, MULTIPLY, XOR, UNPACK_LOW, UNPACK_HIGH)                      \
    typedef struct {                                                                               \
        V even, odd;                                                                               \
    } WAY##_sum;                                                                                   \
    __attribute__((target(FEATURES), always_inline)) static inline void WAY##_sum_of(              \
        WAY##_sum *sum, V a, V b)                                                                  \
    {                                                                                              \
        sum->even = XOR(sum->even, MULTIPLY(a, b, 0x00));                                          \
        sum->odd = XOR(sum->odd, MULTIPLY(a, b, 0x11));                                            \
    }                                                                                              \
    __attribute__((target(FEATURES), always_inline)) static inline V WAY##_low(WAY##_sum sum)      \
    {                                                                                              \
        return UNPACK_LOW(sum.even, sum.odd);                                                      \
    }                                                                                              \
    __attribute__((target(FEATURES), always_inline)) static inline V WAY##_high(WAY##_sum sum)     \
    {                                                                                              \
        return UNPACK_HIGH(sum.even, sum.odd);                                                     \
    }

#define BASIC "ssse3,pclmul"
CLMUL_LANES(basic, BASIC, __m128i, _mm_clmulepi64_si128, _mm_xor_si128, _mm_unpacklo_epi64,
            _mm_unpackhi_epi64)
__attribute__((target(BASIC))) static inline __m128i basic_again(__m128i top)
{
    return _mm_shuffle_epi8(_mm_setr_epi8(AGAIN_BYTES), top);
}
#define NAME(x) LANED(basic, x)
#define TARGET __attribute__((target(BASIC)))
#define VECTOR __m128i
#define LANES 2
#define GET(p) _mm_loadu_si128((const __m128i *)(p))
#define PUT(p, v) _mm_storeu_si128((__m128i *)(p), v)
#define EVERY(n) _mm_set1_epi64x((long long)(n))
#define ADD _mm_xor_si128
#define UP _mm_slli_epi64
#define DOWN _mm_srli_epi64
#define AGAIN basic_again
#define SUM basic_sum
#define sum_of basic_sum_of
#define low basic_low
#define high basic_high
#include "toeplitz_lanes.h"

#define WIDE "avx2,vpclmulqdq"
CLMUL_LANES(wide, WIDE, __m256i, _mm256_clmulepi64_epi128, _mm256_xor_si256,
            _mm256_unpacklo_epi64, _mm256_unpackhi_epi64)
__attribute__((target(WIDE))) static inline __m256i wide_again(__m256i top)
{
    return _mm256_shuffle_epi8(_mm256_setr_epi8(AGAIN_BYTES, AGAIN_BYTES), top);
}
__attribute__((target(WIDE))) static inline void wide_turn_four(__m256i *to, const uint64_t *from)
{
    const __m256i *rows = (const __m256i *)from;
    __m256i a = _mm256_loadu_si256(rows), b = _mm256_loadu_si256(rows + 1),
            c = _mm256_loadu_si256(rows + 2), d = _mm256_loadu_si256(rows + 3);
    __m256i ab = _mm256_unpacklo_epi64(a, b), ab_odd = _mm256_unpackhi_epi64(a, b);
    __m256i cd = _mm256_unpacklo_epi64(c, d), cd_odd = _mm256_unpackhi_epi64(c, d);
    to[0] = _mm256_permute2x128_si256(ab, cd, 0x20);
    to[1] = _mm256_permute2x128_si256(ab_odd, cd_odd, 0x20);
    to[2] = _mm256_permute2x128_si256(ab, cd, 0x31);
    to[3] = _mm256_permute2x128_si256(ab_odd, cd_odd, 0x31);
}
#define NAME(x) LANED(wide, x)
#define TURN wide_turn_four
#define TARGET __attribute__((target(WIDE)))
#define VECTOR __m256i
#define LANES 4
#define GET(p) _mm256_loadu_si256((const __m256i *)(p))
#define PUT(p, v) _mm256_storeu_si256((__m256i *)(p), v)
#define EVERY(n) _mm256_set1_epi64x((long long)(n))
#define ADD _mm256_xor_si256
#define UP _mm256_slli_epi64
#define DOWN _mm256_srli_epi64
#define AGAIN wide_again
#define SUM wide_sum
#define sum_of wide_sum_of
#define low wide_low
#define high wide_high
#include "toeplitz_lanes.h"

#define WIDEST "avx512f,avx512bw,vpclmulqdq"
CLMUL_LANES(widest, WIDEST, __m512i, _mm512_clmulepi64_epi128, _mm512_xor_si512,
            _mm512_unpacklo_epi64, _mm512_unpackhi_epi64)
__attribute__((target(WIDEST))) static inline __m512i widest_again(__m512i top)
{
    return _mm512_shuffle_epi8(
        _mm512_broadcast_i32x4(_mm_setr_epi8(AGAIN_BYTES)), top);
}
#define NAME(x) LANED(widest, x)
#define TARGET __attribute__((target(WIDEST)))
#define VECTOR __m512i
#define LANES 8
#define GET(p) _mm512_loadu_si512((const void *)(p))
#define PUT(p, v) _mm512_storeu_si512((void *)(p), v)
#define EVERY(n) _mm512_set1_epi64((long long)(n))
#define ADD _mm512_xor_si512
#define UP _mm512_slli_epi64
#define DOWN _mm512_srli_epi64
#define AGAIN widest_again
#define SUM widest_sum
#define sum_of widest_sum_of
#define low widest_low
#define high widest_high
#include "toeplitz_lanes.h"

static int basic_there(void)
{
    return __builtin_cpu_supports("ssse3") && __builtin_cpu_supports("pclmul");
}
static int wide_there(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("vpclmulqdq");
}
static int widest_there(void)
{
    return __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("vpclmulqdq");
}
#endif

#define PATH(name, lanes, few, way)                                                                \
    {                                                                                              \
        name, lanes, few, way##_there, way##_values, way##_coefficients, way##_products,           \
            way##_by_words                                                                         \
    }

const toeplitz_path toeplitz_paths[] = {
#ifdef WITH_CLMUL
    PATH("AVX-512 VPCLMULQDQ", 8, 1 << 22, widest),
    PATH("AVX2 VPCLMULQDQ", 4, 1 << 22, wide),
    PATH("PCLMULQDQ", 2, 1 << 22, basic),
#endif
    PATH("portable C", 1, 1 << 20, portable),
};
const size_t toeplitz_path_count = sizeof toeplitz_paths / sizeof *toeplitz_paths;
