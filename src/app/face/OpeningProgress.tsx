import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import type { DownloadProgress } from '../../client/index.ts';
import { Progress } from '../ui/Progress.tsx';
import { useFormat } from '../ui/useFormat.ts';

/** What finds faces is loading, or starting. */
export function OpeningProgress({ loaded }: { readonly loaded: DownloadProgress | undefined }): ReactElement {
  const { t } = useTranslation();
  const format = useFormat();
  const loading = loaded !== undefined && loaded.bytes < loaded.total;
  const label = loading ? t('face.opening') : t('face.openingRun');
  return (
    <>
      <Progress
        label={label}
        fraction={loading ? loaded.bytes / loaded.total : undefined}
        detail={loading ? t('face.loaded', { bytes: format.bytes(loaded.bytes), total: format.bytes(loaded.total) }) : undefined}
      />
      <p className="hidden-visually" role="status">
        {label}
      </p>
    </>
  );
}
