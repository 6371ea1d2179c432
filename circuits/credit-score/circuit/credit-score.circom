// SPDX-License-Identifier: GPL-3.0-only
pragma circom 2.2.0;

include "circomlib/circuits/babyjub.circom";
include "circomlib/circuits/eddsaposeidon.circom";
include "circomlib/circuits/poseidon.circom";
include "gadgets.circom";
include "generated.circom";

// The relation (README.md has it in words). Constants and widths that follow from the model and the schema are functions and
// templates of generated.circom, written by generate.ts.

/// The commitment under which the credential was issued, and the one name this person has in this scope: one secret in both.
template Holder() {
    signal input secret;
    signal input blinding;
    signal input scope;
    signal output commitment;
    signal output nullifier;
    commitment <== Poseidon(3)([TAG_HOLDER(), secret, blinding]);
    nullifier <== Poseidon(3)([TAG_NULLIFIER(), secret, scope]);
}

/// The issuer signed exactly these features, to this holder, with these times.
/// circomlib's verifier refuses s >= the subgroup order (a second spelling) and a key of small order. It does not check that its
/// points lie on the curve, where alone its addition formulas mean what they say, so that is done here.
template Attested() {
    signal input issuerX;
    signal input issuerY;
    signal input packed;
    signal input holder;
    signal input issuedAt;
    signal input expiresAt;
    signal input r8x;
    signal input r8y;
    signal input s;
    signal message <== Poseidon(6)([TAG_CREDENTIAL(), SCHEMA(), packed, holder, issuedAt, expiresAt]);
    BabyCheck()(issuerX, issuerY);
    BabyCheck()(r8x, r8y);
    EdDSAPoseidonVerifier()(enabled <== 1, Ax <== issuerX, Ay <== issuerY, S <== s, R8x <== r8x, R8y <== r8y, M <== message);
}

/// expiresAt >= requestTime, all times below 2^40.
/// Two numbers below 2^40 differ by d in (-2^40, 2^40); d mod r < 2^40 leaves d >= 0.
template NotExpired() {
    signal input issuedAt;
    signal input expiresAt;
    signal input requestTime;
    AtLeast(0, 40)(issuedAt);
    AtLeast(0, 40)(expiresAt);
    AtLeast(0, 40)(requestTime);
    AtLeast(0, 40)(expiresAt - requestTime);
}

/// score >= threshold.
/// threshold, read as signed, is proven to lie in [-2^30, 2^30); score lies in [SCORE_MIN, SCORE_MAX], inside (-2^30, 2^30), for
/// any witness that satisfies Features and Model. So the difference lies in (-2^31, SCORE_MAX + 2^30], and its n bits
/// (SCORE_MAX + 2^30 < 2^n, n <= 31) exist exactly when it is not negative.
template Passes() {
    signal input score;
    signal input threshold;
    AtLeast(-(2 ** 30), 31)(threshold);
    AtLeast(0, nbits(SCORE_MAX() + 2 ** 30))(score - threshold);
}

template CreditScore() {
    // Public, in the order of the verification key.
    signal input issuerX;
    signal input issuerY;
    signal input modelHash;
    signal input threshold;
    signal input scope;
    signal input nullifier;
    signal input requestHash;
    signal input requestTime;
    // Private. A feature is its coded value less the schema's minimum.
    signal input features[FEATURES()];
    signal input secret;
    signal input blinding;
    signal input issuedAt;
    signal input expiresAt;
    signal input r8x;
    signal input r8y;
    signal input s;

    modelHash === MODEL();
    // Groth16 binds every public input as it is. The square says so in the constraints as well, whatever a compiler may drop.
    signal requestBound <== requestHash * requestHash;

    component coded = Features();
    coded.x <== features;
    component holder = Holder();
    holder.secret <== secret;
    holder.blinding <== blinding;
    holder.scope <== scope;
    holder.nullifier === nullifier;

    component attested = Attested();
    attested.issuerX <== issuerX;
    attested.issuerY <== issuerY;
    attested.packed <== coded.packed;
    attested.holder <== holder.commitment;
    attested.issuedAt <== issuedAt;
    attested.expiresAt <== expiresAt;
    attested.r8x <== r8x;
    attested.r8y <== r8y;
    attested.s <== s;

    component notExpired = NotExpired();
    notExpired.issuedAt <== issuedAt;
    notExpired.expiresAt <== expiresAt;
    notExpired.requestTime <== requestTime;

    component model = Model();
    model.in <== coded.inputs;
    component passes = Passes();
    passes.score <== model.score;
    passes.threshold <== threshold;
}

component main {
    public [issuerX, issuerY, modelHash, threshold, scope, nullifier, requestHash, requestTime]
} = CreditScore();
