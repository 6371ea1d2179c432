// SPDX-License-Identifier: Apache-2.0

/** SHA-256 of network.bin: who loads the digit net from anywhere compares it with this. A test compares it with the card. */
export const DIGIT_NET = 'b1430a45045664277928971c6e3efe48833c1a25a66f2b2945a69d0ada674b8f';
/** Side of a picture; pixels from 0 (paper) to 1 (ink), row by row. */
export const DIGIT_SIDE = 28;
