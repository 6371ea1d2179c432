// SPDX-License-Identifier: Apache-2.0

/** Why the service must not start; the message tells the operator what to change, and holds no secret. */
export class StartError extends Error {
  override readonly name = 'StartError';
}
