// SPDX-License-Identifier: Apache-2.0

/**
 * `wasm-unsafe-eval` compiles the witness generator and onnxruntime, and nothing else; `blob:` workers are the prover's threads.
 * Nothing inline, nothing from another origin. No `require-trusted-types-for`: the prover's library starts its threads from a string.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self' blob:",
  "connect-src 'self'",
  "img-src 'self' data: blob:",
  "style-src 'self'",
  "font-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "object-src 'none'",
].join('; ');

/** What the app never uses, no script on the page may use either. */
const PERMISSIONS_POLICY = [
  'accelerometer',
  'autoplay',
  'display-capture',
  'geolocation',
  'gyroscope',
  'hid',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'serial',
  'usb',
]
  .map((feature) => `${feature}=()`)
  .concat('camera=(self)', 'screen-wake-lock=(self)', 'publickey-credentials-get=(self)', 'publickey-credentials-create=(self)')
  .join(', ');

/** Headers of every answer of the service at `origin`, files and API alike. */
export const securityHeaders = (origin: string): readonly (readonly [string, string])[] => [
  ['content-security-policy', CONTENT_SECURITY_POLICY],
  ['cross-origin-opener-policy', 'same-origin'],
  ['cross-origin-embedder-policy', 'require-corp'],
  ['cross-origin-resource-policy', 'same-origin'],
  ['origin-agent-cluster', '?1'],
  ['permissions-policy', PERMISSIONS_POLICY],
  ['referrer-policy', 'no-referrer'],
  ['x-content-type-options', 'nosniff'],
  ['x-frame-options', 'DENY'],
  ...(origin.startsWith('https:') ? [['strict-transport-security', 'max-age=31536000'] as const] : []),
];
