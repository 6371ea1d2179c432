import { err, ok, type Result } from '../../base/index.ts';
import type { CredentialMatch } from '../../client/index.ts';
import type { ProofRequest } from '../../protocol/index.ts';
import type { CredentialRecord } from '../../vault/index.ts';

export const isUsable = ({ problem }: CredentialMatch): boolean => problem === undefined;

/** The credentials that can answer the request, best first as the wallet lists them; `credential/missing` when there is none. */
export function usableCredentials(matches: readonly CredentialMatch[], { issuer }: ProofRequest): Result<readonly CredentialRecord[]> {
  const usable = matches.filter(isUsable).map(({ record }) => record);
  return usable.length === 0 ? err('credential/missing', { issuer: issuer.name }) : ok(usable);
}
