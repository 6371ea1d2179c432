// SPDX-License-Identifier: GPL-3.0-only
pragma circom 2.2.0;

include "circomlib/circuits/bitify.circom";

// Each gadget states what it proves and why, for any witness, honest or not. r is the order of the field (254 bits).
// Num2Bits(n), n <= 253: its bits are boolean and sum to the input, so the input, as an integer below r, is below 2^n;
// the bits are the only ones, since 2^n < r.

/// x lies in [0, span], span < 2^252.
/// Let w be the bits of span. The first line proves x < 2^w. The second proves span - x mod r < 2^w; were x > span, that
/// would be r - (x - span) > r - 2^w > 2^w. When span = 2^w - 1 the first line says it all.
template InRange(span) {
    signal input x;
    var w = nbits(span);
    _ <== Num2Bits(w)(x);
    if (span != 2 ** w - 1) {
        _ <== Num2Bits(w)(span - x);
    }
}

/// x, read as signed (-r/2, r/2), lies in [low, low + 2^n).
template AtLeast(low, n) {
    signal input x;
    _ <== Num2Bits(n)(x - low);
}

/// code lies in [0, n), and is[i] = 1 exactly where i = code.
/// n booleans (an integer sum of at most n < r, so it cannot wrap) that sum to 1: exactly one is 1, and it stands at code.
/// For n = 2 the code is itself the boolean.
template OneHot(n) {
    signal input code;
    signal output is[n];
    var sum = 0;
    var place = 0;
    for (var i = 0; i < n; i++) {
        if (n == 2) {
            is[i] <== i == 1 ? code : 1 - code;
        } else {
            is[i] <-- code == i ? 1 : 0;
        }
        sum += is[i];
        place += i * is[i];
    }
    if (n == 2) {
        code * (code - 1) === 0;
    } else {
        for (var i = 0; i < n; i++) {
            is[i] * (is[i] - 1) === 0;
        }
        sum === 1;
        place === code;
    }
}

/// y = max(0, x) for x, read as signed, in [-2^k, 2^k); no other x has a witness.
/// x + 2^k lies in [0, 2^(k+1)), so its bit k is 1 exactly when x >= 0.
template Relu(k) {
    signal input x;
    signal output y;
    component bits = Num2Bits(k + 1);
    bits.in <== x + 2 ** k;
    y <== bits.out[k] * x;
}
