// SPDX-License-Identifier: Apache-2.0
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import applicantsJson from '../../circuits/credit-score/applicants.json' with { type: 'json' };
import { checkCredential, holderCommitment, schemaHash } from '../../circuits/credit-score/index.ts';
import { creditPolicy, fieldToHex } from '../../src/protocol/index.ts';
import { issueCredential, parseApplicants } from './demo-issuer.ts';
import { openIssuers } from './issuers.ts';
import { openVerifiers } from './verifiers.ts';

const published = fileURLToPath(new URL('../../public/bundles', import.meta.url));

it('the committed bundle is sound, and refused where development keys are', async () => {
  const opened = await openVerifiers(published, true);
  expect(opened.ok && opened.value.current.manifest.keys).toBe('development');
  expect(await openVerifiers(published, false)).toMatchObject({ error: { code: 'bundle/development-keys' } });
});

it('the demo issuer can attest every shipped applicant under the schema of the committed bundle', async () => {
  const opened = await openVerifiers(published, true);
  const applicants = parseApplicants(applicantsJson);
  const issuer = openIssuers({ issuers: [], demoIssuer: true }).get('demo');
  if (!opened.ok || !applicants.ok || issuer === undefined) throw new Error('cannot open what is shipped');
  const { schema } = opened.value;
  expect(schemaHash(schema)).toBe(opened.value.current.manifest.schema);
  const holder = { secret: fieldToHex(1n), blinding: fieldToHex(2n) };
  expect(applicants.value.length).toBeGreaterThan(3);
  for (const { id } of applicants.value) {
    const issued = issueCredential({ applicant: id, holder: holderCommitment(holder) }, applicants.value, schema, 1000);
    if (!issued.ok) throw new Error(issued.error.code);
    expect(checkCredential({ credential: issued.value.credential, schema, issuer, holder, now: 1000 }).ok).toBe(true);
  }
});

it('the threshold that the demo partner asks for is one a request can carry', () => {
  expect(creditPolicy.safeParse({ threshold: applicantsJson.policy.threshold }).success).toBe(true);
});
