import { type ReactElement, useCallback, useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { DIGIT_NET } from '../../../circuits/digit-net/index.ts';
import { useLoad } from '../state/load.ts';
import { useServices } from '../state/services.tsx';
import { ButtonLink } from '../ui/Button.tsx';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { shortHash } from '../ui/format.ts';
import { Page } from '../ui/Page.tsx';
import { DigitProof } from './DigitProof.tsx';
import { DrawPad } from './DrawPad.tsx';
import { digitPicture, type Raster, rasterise, type Stroke } from './digitPicture.ts';
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
      {ready && <DigitProof network={net.value.network} picture={picture} reading={reading.reading} />}
      <Words
        shown={[t('lab.shownKnew'), t('lab.shownSame'), t('lab.shownModel', { model: shortHash(DIGIT_NET) })]}
        notShown={[t('lab.notShownPicture'), t('lab.notShownDrawn'), t('lab.notShownWho'), t('lab.notShownRight')]}
      />
      <section className="stack stack-s">
        <h2>{t('ownModel.title')}</h2>
        <p className="quiet">{t('ownModel.linkText')}</p>
        <div className="row">
          <ButtonLink icon="lab" href="/lab/model">
            {t('ownModel.link')}
          </ButtonLink>
        </div>
      </section>
    </Page>
  );
}
