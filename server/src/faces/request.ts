// SPDX-License-Identifier: Apache-2.0
import { err, ok, type Result } from '../../../src/base/index.ts';
import type { FaceOrder, FaceRequest } from '../../../src/protocol/index.ts';
import type { Partner } from '../partners.ts';
import { requestFieldsOf } from '../requests.ts';
import type { Services } from '../services.ts';
import { familyOf } from './faces.ts';

/** A request for a face match out of a partner's order. Errors: request/unsupported (no networks here, a registrar that is not known). */
export async function faceRequestOf(services: Services, order: FaceOrder, partner: Partner, now: number): Promise<Result<FaceRequest>> {
  const { faces, store } = services;
  if (faces === undefined) return err('request/unsupported', { what: 'face-match' });
  const programs = await faces.programs();
  if (!programs.ok) return programs;
  const registrar = order.registrar === undefined ? undefined : faces.registrars.get(order.registrar);
  if (order.registrar !== undefined && registrar === undefined) return err('request/unsupported', { what: `registrar ${order.registrar}` });
  return ok({
    ...requestFieldsOf(services, order, partner, now),
    statement: 'face-match',
    system: 'transparent',
    model: programs.value.match.model,
    program: programs.value.match.program,
    policy: order.policy,
    registry: await store.faceRegistry(familyOf(order.registrar)),
    ...(registrar === undefined ? {} : { registrar: { id: registrar.id, name: registrar.name, demo: registrar.demo } }),
  });
}
