import { type ReactElement, useCallback, useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLoad } from '../state/load.ts';
import { useServices } from '../state/services.tsx';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { Page } from '../ui/Page.tsx';
import { DrawPad } from './DrawPad.tsx';
import { digitPicture, type Raster, rasterise, type Stroke } from './digitPicture.ts';
import { ProveCard } from './ProveCard.tsx';
import { SaysCard } from './SaysCard.tsx';
import { useReading } from './useReading.ts';
import { Words } from './Words.tsx';

/** Draw a digit, see what the network says of it, and prove that it said so. */
export default function LabScreen(): ReactElement {
  const { t } = useTranslation();
  const { client } = useServices();
  const [strokes, setStrokes] = useState<readonly Stroke[]>([]);
  const [photo, setPhoto] = useState<Raster>();
  const [net] = useLoad(async () => {
    const files = await client.models.digits();
    if (!files.ok) return files;
    const opened = await client.models.open(files.value);
    return opened.ok ? files : opened;
  }, [client]);
  const ready = net.status === 'ready';
  const picture = useMemo(() => digitPicture(photo ?? rasterise(strokes)), [photo, strokes]);
  const reading = useReading(ready ? picture : undefined);
  const draw = useCallback((next: readonly Stroke[]) => {
    setPhoto(undefined);
    setStrokes(next);
  }, []);
  // The drawing is forgotten with the screen.
  useEffect(() => () => client.transparent.close(), [client]);

  return (
    <Page title={t('lab.title')} lead={t('lab.lead')} wide>
      {net.status === 'failed' && <ErrorNotice error={net.error} />}
      <div className="lab-columns">
        <section className="card" aria-labelledby="lab-draw">
          <h2 id="lab-draw">{t('lab.drawTitle')}</h2>
          <DrawPad strokes={strokes} photo={photo} picture={picture} onStrokes={draw} onPhoto={setPhoto} />
        </section>
        <SaysCard reading={reading} loading={net.status === 'loading'} />
      </div>
      {ready && <ProveCard network={net.value.network} picture={picture} reading={reading} />}
      <Words />
    </Page>
  );
}
