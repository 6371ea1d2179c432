import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';

interface Props {
  /** 0 to 1. */
  readonly you: number;
  readonly asked: number;
  readonly passes: boolean;
  readonly youText: string;
  readonly askedText: string;
  /** What the two are called, where it is not the person and what is asked of them. */
  readonly names?: readonly [you: string, asked: string];
}

/** Where one stands and where the line is, on one scale from none to certain. The words above it say the same. */
export function Scale({ you, asked, passes, youText, askedText, names }: Props): ReactElement {
  const { t } = useTranslation();
  const x = (at: number): number => 4 + 312 * at;
  return (
    <figure className={`scale ${passes ? 'is-pass' : ''}`} aria-hidden="true">
      <svg viewBox="0 0 320 34" className="scale-line" preserveAspectRatio="none" aria-hidden="true">
        <rect className="scale-ground" x="0" y="11" width="320" height="12" rx="3" />
        <rect className="scale-pass" x={x(asked)} y="11" width={Math.max(0, 320 - x(asked))} height="12" rx="3" />
        <path className="scale-asked" d={`M${x(asked)} 4V30`} />
        <circle className="scale-you" cx={x(you)} cy="17" r="8" />
      </svg>
      <figcaption className="scale-legend">
        <span className="scale-key scale-key-you">
          {names?.[0] ?? t('flow.previewYou')} <b className="figures">{youText}</b>
        </span>
        <span className="scale-key scale-key-asked">
          {names?.[1] ?? t('flow.previewAsked')} <b className="figures">{askedText}</b>
        </span>
      </figcaption>
    </figure>
  );
}
