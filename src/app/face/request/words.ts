import { useTranslation } from 'react-i18next';
import type { FaceAssurance, FaceRequest } from '../../../protocol/index.ts';
import { useFormat } from '../../ui/useFormat.ts';

/** A threshold as the cosine it is. */
export const cosineOf = (threshold: number): number => threshold / 4096;

const assuranceOf = ({ registrar }: FaceRequest): FaceAssurance =>
  registrar === undefined ? 'enrolled' : registrar.demo ? 'demo-attested' : 'registrar-attested';

/** A request for a face in words. */
export function useFaceWords(request: FaceRequest) {
  const { t } = useTranslation();
  const format = useFormat();
  return {
    cosine: format.number(cosineOf(request.policy.threshold), 2),
    assurance: t(`faces.assurance.${assuranceOf(request)}`, { registrar: request.registrar?.name ?? '' }),
  };
}
