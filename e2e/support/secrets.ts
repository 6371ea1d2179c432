import type { FaceRecord } from '../../src/vault/index.ts';
import type { Contents } from '../../src/vault/transfer.ts';
import type { Applicant } from './applicants.ts';
import type { Sent } from './wire.ts';

// What must never leave the device, in the forms in which it could: a search over every byte that was sent.

/** One thing that must not leave, and how it may be written. */
export interface Secret {
  readonly name: string;
  readonly forms: readonly (string | RegExp)[];
}

const numberForms = (hex: string): string[] => {
  const bytes = Buffer.from(hex, 'hex');
  const reversed = Buffer.from(bytes).reverse();
  return [bytes, reversed].flatMap((each) => [
    each.toString('hex'),
    each.toString('hex').toUpperCase(),
    each.toString('base64').replace(/=+$/, ''),
    each.toString('base64url'),
    each.toString('latin1'),
    BigInt(`0x${each.toString('hex')}`).toString(10),
    BigInt(`0x${each.toString('hex')}`).toString(16),
  ]);
};

const textForms = (text: string): string[] => {
  const bytes = Buffer.from(text);
  return [text, encodeURIComponent(text), bytes.toString('base64').replace(/=+$/, ''), bytes.toString('base64url'), bytes.toString('hex')];
};

/** Values in a row, whatever stands between them. */
const rowOf = (values: readonly number[]): RegExp => new RegExp(values.map((value) => `(?<!\\d)${value}(?!\\d)`).join('[^0-9]{1,24}'));

/** Everything personal in a wallet that holds credentials of `applicant`. */
export function secretsOf({ identity, credentials }: Contents, applicant: Applicant, passphrase: string): Secret[] {
  const byName = Object.entries(applicant.features);
  const list: Secret[] = [
    { name: 'the passphrase', forms: textForms(passphrase) },
    { name: 'the score', forms: [new RegExp(`(?<![0-9a-f])${applicant.score}(?![0-9a-f])`)] },
    // Four values in a row, in any order they are kept in, are no accident; alone each is a small number.
    ...[
      applicant.coded,
      byName.map(([, value]) => value),
      [...byName].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value),
    ].flatMap((values, order) =>
      Array.from({ length: values.length - 3 }, (_, at) => ({
        name: `the values from ${at} on (order ${order})`,
        forms: [rowOf(values.slice(at, at + 4))],
      })),
    ),
    ...byName.map(([name, value]) => ({
      name: `the value of ${name}`,
      forms: [new RegExp(`${name}["']?\\s*[:=]\\s*["']?${value}(?!\\d)`, 'i')],
    })),
    { name: 'the values as bytes', forms: [Buffer.from(applicant.coded.flatMap((value) => [value & 255, value >> 8])).toString('latin1')] },
  ];
  for (const { secret } of identity) list.push({ name: 'the secret', forms: numberForms(secret) });
  for (const { holder, credential } of credentials) {
    list.push(
      { name: 'the blinding', forms: numberForms(holder.blinding) },
      { name: 'the holder secret', forms: numberForms(holder.secret) },
    );
    for (const [part, hex] of Object.entries(credential.signature)) list.push({ name: `the signature (${part})`, forms: numberForms(hex) });
    list.push({ name: 'the credential', forms: textForms(JSON.stringify(credential)) }, { name: 'its form', forms: ['tacit-credential'] });
  }
  return list;
}

/** Where any of the secrets occurs in what was sent: in an address, a header or a body, plain or percent-coded. */
export function leaks(sent: readonly Sent[], secrets: readonly Secret[]): string[] {
  const found: string[] = [];
  for (const { method, url, headers, body } of sent) {
    const places = { address: url, headers: headers.join('\n'), body: body.toString('latin1') };
    for (const [place, raw] of Object.entries(places)) {
      const texts = [raw, unescaped(raw)];
      for (const { name, forms } of secrets) {
        const there = forms.some((form) => texts.some((text) => (typeof form === 'string' ? text.includes(form) : form.test(text))));
        if (there) found.push(`${name} in the ${place} of ${method} ${url.slice(0, 120)}`);
      }
    }
  }
  return found;
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Everything of an enrolled face that must not leave: its template and what opens its commitment, in the forms they could take. */
export function faceSecretsOf({ face, revocationKey }: FaceRecord, identity: string): Secret[] {
  const { template, secret, blinding } = face;
  const bytesOf = (make: (values: readonly number[]) => ArrayBuffer, values: readonly number[]): string[] => {
    const bytes = Buffer.from(make(values));
    return [
      bytes.toString('latin1'),
      bytes.toString('hex'),
      bytes.toString('base64').slice(0, -4),
      bytes.toString('base64url').slice(0, -4),
    ];
  };
  const wide = (values: readonly number[]) => Int32Array.from(values).buffer as ArrayBuffer;
  const narrow = (values: readonly number[]) => Int16Array.from(values).buffer as ArrayBuffer;
  const float = (values: readonly number[]) => Float32Array.from(values).buffer as ArrayBuffer;
  const list: Secret[] = [
    { name: 'the identity', forms: numberForms(identity) },
    { name: 'the revocation key', forms: numberForms(revocationKey) },
  ];
  for (const [name, values] of [
    ['secret', secret],
    ['blinding', blinding],
  ] as const)
    list.push({
      name: `the ${name}`,
      forms: [rowOf(values), ...values.map((value) => new RegExp(`(?<!\\d)${value}(?!\\d)`)), ...bytesOf(wide, values)],
    });
  // Any sixteen numbers of a template in a row are enough to know it by.
  for (let at = 0; at + 16 <= template.length; at += 16) {
    const piece = template.slice(at, at + 16);
    list.push({
      name: `the template from ${at} on`,
      forms: [rowOf(piece.map(Math.abs)), ...[wide, narrow, float].flatMap((make) => bytesOf(make, piece))],
    });
  }
  return list;
}
