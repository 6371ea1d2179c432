import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '../ui/Icon.tsx';

/** Drawn, since Safari offers no button: its own bar, the share sheet's line, the confirmation. */
const drawings = [
  <svg key="share" viewBox="0 0 120 80" className="drawing" aria-hidden="true">
    <rect x="4" y="4" width="112" height="72" rx="10" className="drawing-frame" />
    <path d="M4 52h112" className="drawing-frame" />
    <path d="M20 62h12M88 62h12" className="drawing-faint" />
    <path d="M60 66V56M56 59.5 60 55.500l4 4M55 61h-2v9h14v-9h-2" className="drawing-point" />
  </svg>,
  <svg key="add" viewBox="0 0 120 80" className="drawing" aria-hidden="true">
    <rect x="4" y="4" width="112" height="72" rx="10" className="drawing-frame" />
    <path d="M16 22h50M16 66h44" className="drawing-faint" />
    <rect x="12" y="33" width="96" height="22" rx="5" className="drawing-hit" />
    <path d="M20 44h48" className="drawing-point" />
    <rect x="88" y="37" width="14" height="14" rx="3" className="drawing-point" />
    <path d="M95 40.500v7M91.5 44h7" className="drawing-point" />
  </svg>,
  <svg key="confirm" viewBox="0 0 120 80" className="drawing" aria-hidden="true">
    <rect x="4" y="4" width="112" height="72" rx="10" className="drawing-frame" />
    <path d="M4 24h112M16 14h18" className="drawing-faint" />
    <rect x="78" y="8" width="32" height="12" rx="4" className="drawing-hit" />
    <path d="M86 14h16" className="drawing-point" />
    <rect x="16" y="34" width="26" height="26" rx="6" className="drawing-frame" />
    <path d="M52 42h44M52 52h30" className="drawing-faint" />
  </svg>,
] as const;

export function IosSteps(): ReactElement {
  const { t } = useTranslation();
  const words = [t('settings.ios1'), t('settings.ios2'), t('settings.ios3')];
  return (
    <ol className="ios-steps">
      {drawings.map((drawing, at) => (
        <li key={drawing.key}>
          {drawing}
          <span>
            {at === 0 && <Icon name="share" />} {words[at]}
          </span>
        </li>
      ))}
    </ol>
  );
}
