/* The ways to multiply polynomials over two elements, and which of them this processor has. */
#include "toeplitz.h"

#define LANED(WAY, x) WAY##_##x

/* ---- Everywhere: one lane, four bits of t at a time. What is looked up hangs on t, which is
 * public, never on x. ---- */
typedef struct {
    uint64_t low, high;
} portable_sum;

static inline void portable_sum_of(portable_sum *sum, uint64_t t, uint64_t x)
{
    uint64_t times[16] = {0, x};
    for (int i = 2; i < 16; i += 2) {
        times[i] = times[i / 2] << 1;
        times[i + 1] = times[i] ^ x;
    }
    uint64_t low = times[t & 15], high = 0;
    for (int s = 4; s < 64; s += 4) {
        uint64_t part = times[t >> s & 15];
        low ^= part << s;
        high ^= part >> (64 - s);
    }
    /* bits of x that were shifted out of the table */
    high ^= (t & 0xEEEEEEEEEEEEEEEEu) >> 1 & (0 - (x >> 63));
    high ^= (t & 0xCCCCCCCCCCCCCCCCu) >> 2 & (0 - (x >> 62 & 1));
    high ^= (t & 0x8888888888888888u) >> 3 & (0 - (x >> 61 & 1));
    sum->low ^= low;
    sum->high ^= high;
}

#define NAME(x) LANED(portable, x)
#define TARGET
#define VECTOR uint64_t
#define SUM portable_sum
#define sum_of portable_sum_of
#define low(s) ((s).low)
#define high(s) ((s).high)
#define ADD(a, b) ((a) ^ (b))
#include "toeplitz_lanes.h"

static int everywhere(void)
{
    return 1;
}

/* ---- x86-64: the instruction multiplies word 0 or word 1 of each 128 bits, so even and odd lanes
 * are summed apart; unpacking puts their halves back in order. ---- */
#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
#define WITH_CLMUL 1
#include <immintrin.h>

#define CLMUL_LANES(WAY, FEATURES, V, MULTIPLY, XOR, UNPACK_LOW, UNPACK_HIGH)                      \
    typedef struct {                                                                              \
        V even, odd;                                                                              \
    } WAY##_sum;                                                                                  \
    __attribute__((target(FEATURES), always_inline)) static inline void WAY##_sum_of(             \
        WAY##_sum *sum, V t, V x)                                                                 \
    {                                                                                             \
        sum->even = XOR(sum->even, MULTIPLY(t, x, 0x00));                                         \
        sum->odd = XOR(sum->odd, MULTIPLY(t, x, 0x11));                                           \
    }                                                                                             \
    __attribute__((target(FEATURES), always_inline)) static inline V WAY##_low(WAY##_sum sum)     \
    {                                                                                             \
        return UNPACK_LOW(sum.even, sum.odd);                                                     \
    }                                                                                             \
    __attribute__((target(FEATURES), always_inline)) static inline V WAY##_high(WAY##_sum sum)    \
    {                                                                                             \
        return UNPACK_HIGH(sum.even, sum.odd);                                                    \
    }

#define BASIC "sse2,pclmul"
CLMUL_LANES(basic, BASIC, __m128i, _mm_clmulepi64_si128, _mm_xor_si128, _mm_unpacklo_epi64,
            _mm_unpackhi_epi64)
#define NAME(x) LANED(basic, x)
#define TARGET __attribute__((target(BASIC)))
#define VECTOR __m128i
#define SUM basic_sum
#define sum_of basic_sum_of
#define low basic_low
#define high basic_high
#define ADD _mm_xor_si128
#include "toeplitz_lanes.h"

#define WIDE "avx2,vpclmulqdq"
CLMUL_LANES(wide, WIDE, __m256i, _mm256_clmulepi64_epi128, _mm256_xor_si256,
            _mm256_unpacklo_epi64, _mm256_unpackhi_epi64)
#define NAME(x) LANED(wide, x)
#define TARGET __attribute__((target(WIDE)))
#define VECTOR __m256i
#define SUM wide_sum
#define sum_of wide_sum_of
#define low wide_low
#define high wide_high
#define ADD _mm256_xor_si256
#include "toeplitz_lanes.h"

#define WIDEST "avx512f,vpclmulqdq"
CLMUL_LANES(widest, WIDEST, __m512i, _mm512_clmulepi64_epi128, _mm512_xor_si512,
            _mm512_unpacklo_epi64, _mm512_unpackhi_epi64)
#define NAME(x) LANED(widest, x)
#define TARGET __attribute__((target(WIDEST)))
#define VECTOR __m512i
#define SUM widest_sum
#define sum_of widest_sum_of
#define low widest_low
#define high widest_high
#define ADD _mm512_xor_si512
#include "toeplitz_lanes.h"

static int basic_there(void)
{
    return __builtin_cpu_supports("pclmul") != 0;
}
static int wide_there(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("vpclmulqdq");
}
static int widest_there(void)
{
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("vpclmulqdq");
}
#endif

const toeplitz_path toeplitz_paths[] = {
#ifdef WITH_CLMUL
    {"AVX-512 VPCLMULQDQ", 8, widest_there, widest_squares},
    {"AVX2 VPCLMULQDQ", 4, wide_there, wide_squares},
    {"PCLMULQDQ", 2, basic_there, basic_squares},
#endif
    {"portable C", 1, everywhere, portable_squares},
};
const size_t toeplitz_path_count = sizeof toeplitz_paths / sizeof *toeplitz_paths;
