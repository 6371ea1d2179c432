import { createContext, useContext } from 'react';
import { invariant } from '../../base/index.ts';
import type { OpenRequest } from '../../client/index.ts';
import { type AnyRequest, RETURN_PARAMETER } from '../../protocol/index.ts';
import type { Published } from '../state/model.ts';
import type { FlowEvent } from './machine.ts';

/** What every step of one request needs. */
export interface FlowContext {
  readonly open: OpenRequest;
  /** Model and schema in words; undefined while loading or when they cannot be had (the steps then show plain numbers). */
  readonly published: Published | undefined;
  readonly send: (event: FlowEvent) => void;
}

const Context = createContext<FlowContext | undefined>(undefined);
export const FlowProvider = Context.Provider;

export function useFlow(): FlowContext {
  const flow = useContext(Context);
  invariant(flow !== undefined, 'useFlow: outside a request');
  return flow;
}

/**
 * Where the person came from: the partner's return address, else its page. `code`, of an accepted proof alone, is added as one more
 * query parameter, and only where the partner itself will read it; the rest of the address stays as the partner wrote it.
 */
export function returnAddress({ returnUrl, origin }: Pick<AnyRequest, 'returnUrl' | 'origin'>, code?: string): string {
  const address = returnUrl ?? origin;
  const url = new URL(address);
  if (code === undefined || url.origin !== origin) return address;
  url.search += `${url.search === '' ? '' : '&'}${RETURN_PARAMETER}=${code}`;
  return url.href;
}
