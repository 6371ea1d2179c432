// SPDX-License-Identifier: Apache-2.0
//
// The closed catalogue of everything that can go wrong with untrusted input, a device, a network or a store.
// Each entry: the HTTP status a server answers with, and a sentence that says what happened and what to do.
// `{name}` in a sentence is filled from the error's params. docs/errors.md is generated from this table.

interface Entry {
  readonly status: 400 | 401 | 403 | 404 | 405 | 408 | 409 | 410 | 413 | 415 | 422 | 429 | 500 | 503;
  readonly sentence: string;
}

/** The version that reports name; a test compares it with package.json. */
export const VERSION = '0.1.0';

/** What a person can do about a fault of the program: the same call ends the same way. The code follows. */
const FAULT = `This is a fault of the program, and the same input meets it again: report it, with version ${VERSION} and the code`;

const catalogue = {
  'input/malformed': {
    status: 400,
    sentence: 'This is not in the expected form ({what}). Check that you passed the right file or message.',
  },
  'input/too-large': { status: 413, sentence: 'This is larger than the {limit} allowed. Check that you passed the right file.' },
  'input/media-type': { status: 415, sentence: 'Send this as application/json.' },
  'input/feature-missing': { status: 422, sentence: 'The value “{feature}” is missing. Ask the issuer for a complete credential.' },
  'input/feature-unknown': {
    status: 422,
    sentence: 'The value “{feature}” is not part of this schema. Remove it, or use a credential of the right schema.',
  },
  'input/feature-out-of-range': {
    status: 422,
    sentence: 'The value “{feature}” must be a whole number from {min} to {max}. Ask the issuer to correct it.',
  },

  'request/malformed': { status: 400, sentence: 'This request cannot be read ({what}). Ask the partner for a new link.' },
  'request/signature': {
    status: 401,
    sentence: 'This request was not signed by the verifier it names. Do not continue; ask the partner for a new link.',
  },
  'request/unknown': { status: 404, sentence: 'The verifier does not know this request. Ask the partner for a new link.' },
  'request/expired': { status: 410, sentence: 'This request has expired. Ask the partner for a new one; nothing you prepared is lost.' },
  'request/used': { status: 409, sentence: 'This request has already been answered. Ask the partner for a new one.' },
  'request/mismatch': { status: 422, sentence: 'This proof answers another request ({signal} differs). Make a proof for this request.' },
  'request/origin-mismatch': {
    status: 403,
    sentence: 'The site {origin} is not registered for this partner. Do not continue unless you trust it; tell the partner.',
  },
  'request/unsupported': {
    status: 422,
    sentence: 'This request asks for {what}, which this version cannot prove. Update the app, or ask the partner.',
  },
  'request/too-many-attempts': {
    status: 429,
    sentence: 'Too many wrong proofs were sent for this request. Ask the partner for a new one.',
  },

  'partner/unauthenticated': {
    status: 401,
    sentence: 'The partner’s signature is missing, stale or wrong. Sign the call with the key registered for this partner.',
  },
  'partner/forbidden': { status: 403, sentence: 'This belongs to another partner.' },
  'partner/replayed': { status: 409, sentence: 'A different request with this idempotency key exists. Use a fresh key for each request.' },

  'issuer/unknown-applicant': { status: 404, sentence: 'The issuer has no applicant “{applicant}”. Choose one of the listed applicants.' },
  'issuer/other-leaf': {
    status: 409,
    sentence:
      'The issuer has registered this wallet with another secret, and registers one secret a wallet. Use the wallet as it was, or make a new one.',
  },
  'issuer/disabled': { status: 404, sentence: 'This verifier does not run the demo issuer. Get a credential from a real issuer.' },
  'credential/malformed': { status: 422, sentence: 'This credential cannot be read ({what}). Ask the issuer for a new one.' },
  'credential/unknown-schema': {
    status: 422,
    sentence: 'This credential follows a schema this statement does not know. Ask the issuer for one of the right schema.',
  },
  'credential/unknown-issuer': {
    status: 422,
    sentence: 'This credential comes from an issuer this request does not accept. Use one from {issuer}.',
  },
  'credential/signature': {
    status: 422,
    sentence: 'The issuer’s signature does not match this credential: it was changed. Ask the issuer for a new one.',
  },
  'credential/holder': {
    status: 422,
    sentence: 'This credential was issued to another wallet. Use the wallet it was issued to, or get a new credential.',
  },
  'credential/expired': { status: 422, sentence: 'This credential has expired. Ask the issuer for a new one.' },
  'credential/missing': { status: 404, sentence: 'There is no credential for this request in your wallet. Get one from {issuer} first.' },
  'credential/not-registered': {
    status: 422,
    sentence:
      'This credential is not in the registry of {issuer}. Get a new one, or answer a request that asks for the other proof system.',
  },
  'policy/not-met': { status: 422, sentence: 'Your score does not reach what is asked, so no proof can be made. Nobody has been told.' },

  'bundle/unknown': {
    status: 422,
    sentence: 'The proof bundle {bundle} is not known here. Update the app, or ask the operator which bundle is current.',
  },
  'bundle/malformed': { status: 422, sentence: 'The proof bundle cannot be read ({what}). Reload; if it stays, tell the operator.' },
  'bundle/hash-mismatch': {
    status: 422,
    sentence:
      'The file {file} is not the one that was published (its hash differs). Reload; if it stays, do not continue and tell the operator.',
  },
  'bundle/download': {
    status: 503,
    sentence: 'The download of {file} stopped. What has arrived is kept: go on when you are online again.',
  },
  'bundle/missing': { status: 503, sentence: 'The file {file} is not on this machine. Connect once, so that it can be loaded.' },
  'bundle/development-keys': {
    status: 422,
    sentence: 'These keys come from a development ceremony and this verifier accepts only keys of a public ceremony.',
  },
  'key/unsafe': {
    status: 500,
    sentence: 'The verification key is unsafe ({what}): anybody could forge proofs. Replace it with a key from a finished ceremony.',
  },

  'proof/malformed': { status: 400, sentence: 'This is not a proof this verifier can read ({what}).' },
  'proof/version': { status: 422, sentence: 'This proof is of version {version}; version {expected} is expected. Update the app.' },
  'proof/signal-count': { status: 422, sentence: 'This proof has {count} public values where {expected} belong.' },
  'proof/non-canonical': { status: 422, sentence: 'The value {what} in this proof is not in canonical form.' },
  'proof/not-on-curve': { status: 422, sentence: 'The point {what} in this proof is not a valid group element.' },
  'proof/program': { status: 422, sentence: 'This proof was made for another program. Check which model and statement it belongs to.' },
  'proof/statement': { status: 422, sentence: 'The public values given with this proof do not fit its program.' },
  'proof/soundness': {
    status: 500,
    sentence: 'This program’s parameters prove only {bits} bits where {floor} are required, so nothing is accepted for it.',
  },
  'proof/invalid': { status: 422, sentence: 'The proof does not hold. Make a new one.' },
  'proof/self-check': {
    status: 500,
    sentence: `The proof made here did not pass its own check, so nobody gets it. ${FAULT} proof/self-check.`,
  },
  'prove/unsatisfied': {
    status: 422,
    sentence: 'The private input does not meet the statement ({what}), so no proof can be made. Nobody has been told.',
  },
  'prove/memory': {
    status: 413,
    sentence: 'This model takes about {needed} MB to prove, more than the {limit} MB allowed here. Allow more, or compile a smaller model.',
  },
  'registry/unknown': { status: 404, sentence: 'There is no registry “{registry}” here.' },
  'registry/malformed': {
    status: 422,
    sentence: 'The registry cannot be read ({what}). Fetch it again; if it stays so, tell the operator.',
  },
  'registry/mismatch': {
    status: 422,
    sentence: 'The leaves of the registry “{registry}” do not give the root that was signed. Do not continue; tell the operator.',
  },
  'registry/signature': {
    status: 401,
    sentence: 'This root of the registry “{registry}” is not signed by its issuer. Do not continue; tell the operator.',
  },
  'registry/conflict': {
    status: 409,
    sentence: 'The registry “{registry}” has {size} leaves by now. Read it again, and add to what is there.',
  },
  'registry/unknown-root': {
    status: 422,
    sentence: 'The registry “{registry}” never had the root this proof uses. Fetch the registry again and make a new proof.',
  },
  'registry/stale-root': {
    status: 422,
    sentence: 'The root this proof uses was replaced too long before the request. Fetch the registry again and make a new proof.',
  },
  'scope/system': {
    status: 409,
    sentence:
      'This scope is answered in the proof system {system}, so no proof of another counts in it. The partner has to ask for that one.',
  },
  'nullifier/used': { status: 409, sentence: 'You have already answered in this scope. Each person can answer once.' },

  'network/offline': {
    status: 503,
    sentence: 'You are offline. Nothing is lost: a proof that is ready is kept here and sent when you are online again.',
  },
  'verifier/unavailable': {
    status: 503,
    sentence: 'The verifier does not answer. Nothing is lost: try again later; a proof that is ready is sent by itself.',
  },
  'verifier/busy': { status: 429, sentence: 'The verifier is busy. It will be tried again in {seconds} seconds.' },
  'verifier/too-large': {
    status: 413,
    sentence:
      'This network would take too long to prepare, for who proves and for who checks ({what}; the limit is {limit}). Compile a smaller model.',
  },
  'verifier/timeout': { status: 408, sentence: 'This took too long to arrive. Try again.' },
  'verifier/not-found': { status: 404, sentence: 'There is nothing at this address.' },
  'verifier/method': { status: 405, sentence: 'This address does not take {method}; it takes {allowed}.' },
  'verdict/pending': { status: 404, sentence: 'There is no verdict for this request yet. Ask again later.' },

  'vault/locked': { status: 401, sentence: 'Your wallet is locked. Unlock it with your passkey or passphrase.' },
  'vault/wrong-key': { status: 401, sentence: 'This passphrase or passkey does not open the wallet. Try again.' },
  'vault/corrupt': { status: 422, sentence: 'A stored record cannot be opened: it was changed or damaged. Restore from an export.' },
  'vault/weak-passphrase': { status: 422, sentence: 'Use at least {min} characters for the passphrase.' },
  'vault/import': { status: 422, sentence: 'This export cannot be read ({what}). Nothing was changed.' },
  'vault/quota': { status: 413, sentence: 'The device has no room left for this. Free some space and try again; nothing was lost.' },
  'vault/unavailable': {
    status: 503,
    sentence: 'This browser does not allow storage here (private window?). Open the app in a normal window.',
  },

  'device/unsupported': {
    status: 422,
    sentence: 'This device cannot make the proof: {what} is missing. Use a current browser, or hand over to a phone.',
  },
  'device/memory': { status: 503, sentence: 'The device ran out of memory. Close other programs and tabs first, or take a smaller model.' },
  'camera/unsupported': {
    status: 422,
    sentence: 'This browser lets this page use no camera. Choose a picture instead, or open the page in a current browser over https.',
  },
  'camera/denied': {
    status: 403,
    sentence:
      'The camera is blocked for this page. Allow it in the browser’s settings for this site and try again, or choose a picture instead.',
  },
  'camera/none': { status: 404, sentence: 'There is no camera on this device. Connect one and try again, or choose a picture instead.' },
  'camera/busy': {
    status: 409,
    sentence: 'Another app is using the camera. Close it there and try again, or choose a picture instead.',
  },
  'camera/lost': {
    status: 503,
    sentence: 'The camera was disconnected or switched off. Connect it and try again, or choose a picture instead.',
  },
  'photo/unreadable': { status: 422, sentence: 'This file is not a picture that this browser can show. Choose a JPEG or PNG.' },
  'photo/no-face': { status: 422, sentence: 'No face was found in this picture. Take another in which the whole face is seen.' },
  'photo/several-faces': {
    status: 422,
    sentence: 'There are several faces in this picture. Take another in which only yours is seen.',
  },
  'photo/lifeless': {
    status: 422,
    sentence: 'The camera shows one still or empty picture. Uncover it, or switch it off and on, and take another.',
  },

  'worker/died': { status: 503, sentence: 'The background work was stopped by the browser. Nothing was lost; start it again.' },
  'job/cancelled': { status: 409, sentence: 'You cancelled. Nothing was sent.' },

  'model/malformed': {
    status: 422,
    sentence: 'This model file cannot be read ({what}). Check that it is a whole ONNX, TF.js or TFLite model.',
  },
  'model/too-large': { status: 413, sentence: 'This model is larger than can be handled here ({what}; the limit is {limit}).' },
  'model/unsupported': {
    status: 422,
    sentence: 'The node “{node}” ({op}) cannot be imported: {reason}. What can be is listed in docs/ops.md and by tacit ops.',
  },
  'model/shape': { status: 422, sentence: 'The node “{node}” ({op}) does not fit its inputs: {reason}. Export the model again.' },
  'model/missing': { status: 422, sentence: 'The model uses “{tensor}” but does not define it. Export the model again.' },
  'model/cyclic': { status: 422, sentence: 'The node “{node}” depends on its own output. Export the model again.' },
  'model/not-finite': {
    status: 422,
    sentence: 'The tensor “{tensor}” holds a value that is not a number. Train or export the model again.',
  },
  'model/external-data': {
    status: 422,
    sentence: 'The weights of “{tensor}” are in another file. Export the model with its weights inside.',
  },
  'model/opset': { status: 422, sentence: 'The model uses version {version} of the operators {domain}; up to {limit} can be read.' },
  'model/calibration': {
    status: 422,
    sentence: 'The sample inputs do not fit the model ({what}). Give arrays of the shape the model takes.',
  },
  'model/input': { status: 422, sentence: 'This input does not fit the model ({what}).' },
  'model/not-quantizable': {
    status: 422,
    sentence: 'The node “{node}” ({op}) has no exact integer form here: {reason}. What has one is listed in docs/ops.md and by tacit ops.',
  },
  'model/accuracy': {
    status: 422,
    sentence:
      'No setting within the limits reaches the accuracy asked for (best {best}, asked {target}). Allow more bits, or lower the target.',
  },
  'model/out-of-range': {
    status: 422,
    sentence:
      'This input leads out of the range the layer “{layer}” was compiled for. Use another input, calibrate with samples that reach as far, or compile the model as total.',
  },
  'model/input-range': {
    status: 422,
    sentence:
      'The input “{input}” is {value} at position {position}; this network takes {min} to {max}. Use another input, or compile the model again with samples that reach as far (or --input-range).',
  },
  'model/open-axis': {
    status: 422,
    sentence: 'The axis {axis} of the input “{input}” has no fixed length in the file. Say which it is to have: --shape {input}={example}.',
  },
  'model/unprovable': {
    status: 422,
    sentence: 'This network runs but cannot be proven ({what}). Compile the model again with fewer bits or another shift.',
  },
  'model/integers-malformed': { status: 422, sentence: 'This integer network cannot be read ({what}). Compile the model again.' },

  'face/too-small': {
    status: 422,
    sentence: 'The face is too small: its eyes are {pixels} pixels apart, and {least} are needed. Come closer or take a larger picture.',
  },
  'face/spoof': {
    status: 422,
    sentence: 'The anti-spoof network does not take this picture for a live face. Take another one, in even light; nobody has been told.',
  },
  'face/blank': { status: 422, sentence: 'The face network sees nothing in this picture. Take another one.' },
  'face/no-match': {
    status: 422,
    sentence: 'This picture is not close enough to the enrolled face, so no proof can be made. Take another one; nobody has been told.',
  },
  'face/path': {
    status: 422,
    sentence: 'The registry given does not hold this enrolment. Fetch it again, or enrol and have it added first.',
  },
  'face/revoked': { status: 409, sentence: 'This enrolment was revoked and cannot come back. Enrol again with a new picture.' },
  'face/unknown': { status: 404, sentence: 'The registry has no such enrolment.' },
  'face/revocation': { status: 403, sentence: 'This is not the key that revokes this enrolment.' },
  'face/attestation': {
    status: 403,
    sentence: 'No registrar of this verifier has just signed for this enrolment. Go back to the registrar and have it signed again.',
  },
  'face/not-enrolled': { status: 409, sentence: 'This request asks for your enrolled face, and this wallet has none. Enrol first.' },

  'cli/usage': { status: 400, sentence: '{what}. See tacit --help.' },
  'cli/file': { status: 404, sentence: 'The file {file} cannot be read or written ({what}).' },
  'internal/error': { status: 500, sentence: `Tacit cannot do this, although it should. Nothing was lost. ${FAULT} internal/error.` },
} as const satisfies Record<string, Entry>;

export type ErrorCode = keyof typeof catalogue;

/** A typed failure: plain data, safe to log (params never hold secrets or features' values) and to send across threads. */
export interface TacitError {
  readonly code: ErrorCode;
  readonly params?: Readonly<Record<string, string | number>>;
}

export const errorCodes = Object.keys(catalogue) as readonly ErrorCode[];

/** HTTP status of a code (RFC 9457 problem details use it). */
export const errorStatus = (code: ErrorCode): Entry['status'] => catalogue[code].status;

/** The English template of a code, with `{param}` places; the app's translations start from it. */
export const errorTemplate = (code: ErrorCode): string => catalogue[code].sentence;

/** The sentence a person reads: template with its params filled in; an absent param stays visible as `?`. */
export const errorSentence = (error: TacitError): string =>
  errorTemplate(error.code).replace(/\{(\w+)\}/g, (_, name: string) => String(error.params?.[name] ?? '?'));

export const isErrorCode = (code: unknown): code is ErrorCode => typeof code === 'string' && Object.hasOwn(catalogue, code);
