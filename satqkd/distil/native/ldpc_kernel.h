/* One sweep over all rows, in the lanes that the file including this has set up: V, LANES and the
 * operations below it. Included once for each width, each time with another SUFFIX.
 *
 *   posterior of a column, as its latest row saw it, twice behind each other:
 *       [ 0 ... Z-1 | 0 ... Z-1 ]
 *           ^-- 'turn' lanes on: Z lanes as the next row sees them, one load however they turn
 */
#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)
#define NAME(name) JOIN(name, SUFFIX)
#define PARTS (BLOCK / LANES)

/* min(a, b) less a line for log(1 + exp(-|a - b|)); what all but the weakest say together. */
static inline V NAME(boxplus)(V a, V b)
{
    V least = MIN(a, b), apart = SUB(MAX(a, b), least);
    return SUB_FLOOR(least, QUARTER(SUB_FLOOR(SET(CORRECTION), apart)));
}

/* First half of a row: what every bit says without this row, and what the row makes of it. */
static inline void NAME(gather)(size_t lift, const struct row *row, const struct frame *frame,
                                size_t at, struct answer *answer)
{
    const int8_t *posterior = frame->posterior + at, *told = frame->messages + row->first * lift + at;
    const struct edge *edge = row->edges, *end = edge + row->weight;
    int8_t *without = frame->without + at;
    V weakest[PARTS], rest[PARTS], sign[PARTS], strongest = SET(frame->strongest);
    for (size_t i = 0; i < PARTS; i++) {
        weakest[i] = strongest, rest[i] = SET(255);
        sign[i] = LOAD(row->syndrome + at + i * LANES);
    }
    for (; edge < end; edge++, told += lift, without += lift) {
        const int8_t *seen = posterior + edge->column * 2 * lift + edge->turn;
        for (size_t i = 0; i < PARTS; i++) {
            V q = SUB_SIGNED(LOAD(seen + i * LANES), LOAD(told + i * LANES));
            V x = MIN(ABS(q), strongest), more = MAX(weakest[i], x);
            STORE(without + i * LANES, q);
            weakest[i] = MIN(weakest[i], x);
            more = ADD(more, more);
            rest[i] = NAME(boxplus)(rest[i], ADD(more, more));
            sign[i] = XOR(sign[i], q);
        }
    }
    for (size_t i = 0; i < PARTS; i++) {
        V twice = ADD(weakest[i], weakest[i]);
        V all = NAME(boxplus)(rest[i], ADD(twice, twice));
        STORE(answer->weakest + at + i * LANES, weakest[i]);
        STORE(answer->sign + at + i * LANES, sign[i]);
        STORE(answer->rest + at + i * LANES, QUARTER(ADD(rest[i], SET(2))));
        STORE(answer->all + at + i * LANES, QUARTER(ADD(all, SET(2))));
    }
}

/* Second half: the row tells every bit what the others make of it. */
static inline void NAME(scatter)(size_t lift, const struct row *row, const struct frame *frame,
                                 size_t at, const struct answer *answer)
{
    const int8_t *without = frame->without + at;
    const struct edge *edge = row->edges, *end = edge + row->weight;
    int8_t *posterior = frame->posterior + at, *told = frame->messages + row->first * lift + at;
    V weakest[PARTS], rest[PARTS], all[PARTS], sign[PARTS], strongest = SET(frame->strongest);
    for (size_t i = 0; i < PARTS; i++) {
        weakest[i] = LOAD(answer->weakest + at + i * LANES);
        rest[i] = LOAD(answer->rest + at + i * LANES);
        all[i] = LOAD(answer->all + at + i * LANES);
        sign[i] = LOAD(answer->sign + at + i * LANES);
    }
    for (; edge < end; edge++, told += lift, without += lift) {
        int8_t *seen = posterior + edge->column * 2 * lift;
        for (size_t i = 0; i < PARTS; i++) {
            V q = LOAD(without + i * LANES);
            V x = MIN(ABS(q), strongest);
            V message = SIGNED(CHOOSE(EQUAL(x, weakest[i]), rest[i], all[i]), XOR(sign[i], q));
            V p = ADD_SIGNED(q, message);
            STORE(told + i * LANES, message);
            STORE(seen + i * LANES, p);
            STORE(seen + lift + i * LANES, p);
        }
    }
}

/* All rows once; a lift that the compiler knows makes the addresses cheap. */
static inline void NAME(rows)(size_t lift, size_t count, const struct row *rows,
                              const struct frame *frame)
{
    struct answer answer;
    for (const struct row *row = rows; row < rows + count; row++) {
        for (size_t at = 0; at < lift; at += BLOCK)
            NAME(gather)(lift, row, frame, at, &answer);
        for (size_t at = 0; at < lift; at += BLOCK)
            NAME(scatter)(lift, row, frame, at, &answer);
    }
}

static void NAME(sweep)(const struct code *code, const struct row *rows, const struct frame *frame)
{
    if (code->lift == 128)
        NAME(rows)(128, code->rows, rows, frame);
    else
        NAME(rows)(64, code->rows, rows, frame);
}

#undef JOIN_
#undef JOIN
#undef NAME
#undef PARTS
