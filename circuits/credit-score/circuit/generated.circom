// SPDX-License-Identifier: GPL-3.0-only
// Written by circuit/generate.ts from model.json and schema.json (npm run ceremony). Do not edit.
pragma circom 2.2.0;

include "gadgets.circom";

function TAG_HOLDER() {
    return 109576176431094086845200441927778113300296516161696342932261177298390479022;
}
function TAG_NULLIFIER() {
    return 73947900436262103518322736366438528604368551315681262807422830722570054023;
}
function TAG_CREDENTIAL() {
    return 293724203012464902091489745505976741377351508113584393231376207180098447788;
}
// Schema d9fa7654b9e875a3e11a4814cc575a074397fd1b8472c7c43a34ff9e79d2ecae
function SCHEMA() {
    return 309744601323283655724937530692916009596956549741830179710887727988958668745;
}
// Model bcb6af50e3254c6246e00d7685bf5f7e308af8d7fa4a89fe4cd163a8794f5025
function MODEL() {
    return 379239570234894544685377071832348320120854957421629139492532619694333045207;
}
function FEATURES() {
    return 16;
}
// The score over all features the schema allows.
function SCORE_MIN() {
    return -271184;
}
function SCORE_MAX() {
    return 287777;
}

/// Every feature in its range, the categories taken apart, and the word that was signed. The fields do not overlap and end
/// below bit 253, so two different feature vectors have two different words.
template Features() {
    signal input x[16];
    signal output packed;
    signal output inputs[22];
    // seniority: number, 0 to 63, bits 0 to 5
    InRange(63)(x[0]);
    // home: category, 0 to 6, bits 6 to 8
    component is1 = OneHot(7);
    is1.code <== x[1];
    // time: number, 0 to 127, bits 9 to 15
    InRange(127)(x[2]);
    // age: number, 0 to 127, bits 16 to 22
    InRange(127)(x[3]);
    // marital: category, 0 to 5, bits 23 to 25
    component is4 = OneHot(6);
    is4.code <== x[4];
    // records: category, 0 to 1, bits 26 to 26
    component is5 = OneHot(2);
    is5.code <== x[5];
    // job: category, 0 to 4, bits 27 to 29
    component is6 = OneHot(5);
    is6.code <== x[6];
    // expenses: number, 0 to 255, bits 30 to 37
    InRange(255)(x[7]);
    // income: number, 0 to 1023, bits 38 to 47
    InRange(1023)(x[8]);
    // incomeStated: category, 0 to 1, bits 48 to 48
    component is9 = OneHot(2);
    is9.code <== x[9];
    // assets: number, 0 to 511, bits 49 to 57
    InRange(511)(x[10]);
    // assetsStated: category, 0 to 1, bits 58 to 58
    component is11 = OneHot(2);
    is11.code <== x[11];
    // debt: number, 0 to 511, bits 59 to 67
    InRange(511)(x[12]);
    // debtStated: category, 0 to 1, bits 68 to 68
    component is13 = OneHot(2);
    is13.code <== x[13];
    // amount: number, 0 to 511, bits 69 to 77
    InRange(511)(x[14]);
    // price: number, 0 to 2047, bits 78 to 88
    InRange(2047)(x[15]);
    packed <== 2 ** 0 * x[0]
        + 2 ** 6 * x[1]
        + 2 ** 9 * x[2]
        + 2 ** 16 * x[3]
        + 2 ** 23 * x[4]
        + 2 ** 26 * x[5]
        + 2 ** 27 * x[6]
        + 2 ** 30 * x[7]
        + 2 ** 38 * x[8]
        + 2 ** 48 * x[9]
        + 2 ** 49 * x[10]
        + 2 ** 58 * x[11]
        + 2 ** 59 * x[12]
        + 2 ** 68 * x[13]
        + 2 ** 69 * x[14]
        + 2 ** 78 * x[15];
    // The model's inputs; a number still lacks its minimum, which Model adds to the bias.
    inputs[0] <== x[0];
    inputs[1] <== is1.is[1];
    inputs[2] <== is1.is[2];
    inputs[3] <== is1.is[4];
    inputs[4] <== is1.is[3];
    inputs[5] <== is1.is[5];
    inputs[6] <== is1.is[6];
    inputs[7] <== x[2];
    inputs[8] <== is5.is[1];
    inputs[9] <== is6.is[1];
    inputs[10] <== is6.is[2];
    inputs[11] <== is6.is[3];
    inputs[12] <== is6.is[4];
    inputs[13] <== x[7];
    inputs[14] <== x[8];
    inputs[15] <== is9.is[1];
    inputs[16] <== x[10];
    inputs[17] <== is11.is[1];
    inputs[18] <== x[12];
    inputs[19] <== is13.is[1];
    inputs[20] <== x[14];
    inputs[21] <== x[15];
}

/// The integer network with its weights as constants: linear layers cost no product. Beside each unit: the range of its sum
/// over all features that Features lets through (accumulatorRanges: attained in the first layer, enclosing after it), from which
/// its width follows. Where the range has one sign, ReLU is the identity or zero and costs nothing.
template Model() {
    signal input in[22];
    signal output score;
    // h0_0: -94674 to 76001
    component h0_0_relu = Relu(17);
    h0_0_relu.x <== 107 * in[0] - 708 * in[1] + 1743 * in[2] - 329 * in[3] + 494 * in[4] + 494 * in[5] + 494 * in[6] + 19 * in[7] + 996 * in[8] + 1588 * in[9] - 700 * in[10] + 34 * in[11] + 34 * in[12] - 52 * in[13] - 1 * in[14] + 619 * in[15] - 94 * in[16] - 281 * in[17] - 50 * in[18] + 27 * in[20] + 26 * in[21] - 5118;
    signal h0_0 <== h0_0_relu.y;
    // h0_1: -41191 to 39698
    component h0_1_relu = Relu(16);
    h0_1_relu.x <== 52 * in[0] - 768 * in[1] + 673 * in[2] - 1086 * in[3] - 504 * in[4] - 504 * in[5] - 504 * in[6] + 83 * in[7] - 1892 * in[8] - 3272 * in[9] - 1428 * in[10] - 2833 * in[11] - 2833 * in[12] - 6 * in[13] + 9 * in[14] - 2882 * in[15] + 4 * in[16] + 11 * in[17] - 26 * in[18] - 37 * in[20] + 6 * in[21] + 1664;
    signal h0_1 <== h0_1_relu.y;
    // h0_2: -181098 to 81748
    component h0_2_relu = Relu(18);
    h0_2_relu.x <== -121 * in[0] - 601 * in[1] - 490 * in[2] - 2881 * in[3] + 428 * in[4] + 428 * in[5] + 428 * in[6] - 28 * in[7] + 3883 * in[8] + 396 * in[9] - 644 * in[10] + 810 * in[11] + 810 * in[12] + 104 * in[13] - 22 * in[14] - 932 * in[15] - 89 * in[16] - 266 * in[17] + 62 * in[18] + 26 * in[20] - 50 * in[21] + 5139;
    signal h0_2 <== h0_2_relu.y;
    // h0_3: -235435 to 36646
    component h0_3_relu = Relu(18);
    h0_3_relu.x <== -305 * in[0] - 1477 * in[1] + 1199 * in[2] - 383 * in[3] + 1950 * in[4] + 1950 * in[5] + 1950 * in[6] - 9 * in[7] + 293 * in[8] - 731 * in[9] - 2 * in[10] - 1948 * in[11] - 1948 * in[12] + 36 * in[13] - 76 * in[14] - 4504 * in[15] - 268 * in[16] - 803 * in[17] + 15 * in[18] + 6 * in[20] - 3 * in[21] + 14492;
    signal h0_3 <== h0_3_relu.y;
    // h0_4: -54215 to 67961
    component h0_4_relu = Relu(17);
    h0_4_relu.x <== 190 * in[0] + 1259 * in[1] - 3409 * in[2] + 1573 * in[3] + 5337 * in[4] + 5337 * in[5] + 5337 * in[6] - 72 * in[7] - 3006 * in[8] - 996 * in[9] - 1644 * in[10] + 414 * in[11] + 414 * in[12] + 3 * in[13] + 11 * in[14] - 4633 * in[15] - 11 * in[16] - 32 * in[17] - 27 * in[18] - 32 * in[20] + 17 * in[21] + 3423;
    signal h0_4 <== h0_4_relu.y;
    // h0_5: -43266 to 82207
    component h0_5_relu = Relu(17);
    h0_5_relu.x <== -380 * in[0] + 128 * in[1] + 4379 * in[2] - 614 * in[3] + 5152 * in[4] + 5152 * in[5] + 5152 * in[6] + 13 * in[7] + 3875 * in[8] + 2310 * in[9] + 1241 * in[10] + 4213 * in[11] + 4213 * in[12] + 80 * in[13] + 29 * in[14] + 3239 * in[15] - 3 * in[16] - 9 * in[17] + 31 * in[18] + 18 * in[20] - 3 * in[21] - 11029;
    signal h0_5 <== h0_5_relu.y;
    // h0_6: -103602 to 85897
    component h0_6_relu = Relu(17);
    h0_6_relu.x <== 70 * in[0] + 2627 * in[1] + 4488 * in[2] + 3069 * in[3] + 824 * in[4] + 824 * in[5] + 824 * in[6] - 59 * in[7] - 3229 * in[8] - 6775 * in[9] - 483 * in[10] + 1658 * in[11] + 1658 * in[12] + 56 * in[13] + 2 * in[14] - 1913 * in[15] + 23 * in[16] + 70 * in[17] - 113 * in[18] - 68 * in[20] + 19 * in[21] + 8299;
    signal h0_6 <== h0_6_relu.y;
    // h0_7: -21320 to 88803
    component h0_7_relu = Relu(17);
    h0_7_relu.x <== 10 * in[0] + 2220 * in[1] + 1532 * in[2] - 554 * in[3] - 157 * in[4] - 157 * in[5] - 157 * in[6] + 9 * in[7] - 4581 * in[8] - 3202 * in[9] + 356 * in[10] - 3319 * in[11] - 3319 * in[12] - 19 * in[13] + 15 * in[14] + 823 * in[15] + 33 * in[16] + 99 * in[17] + 10 * in[18] - 14 * in[20] + 23 * in[21] - 867;
    signal h0_7 <== h0_7_relu.y;
    // h1_0: -271184 to 287777
    signal h1_0 <== -1 * h0_0 + 1 * h0_1 - 1 * h0_2 - 1 * h0_3 + 1 * h0_4 - 1 * h0_5 + 1 * h0_6 + 1 * h0_7 + 5418;
    score <== h1_0;
}
