import type { ReactElement, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

/** A value under its bar. Hidden values are not in the document at all, so that neither copying nor a reader tells them. */
export function Redacted({
  hidden,
  children,
  width = 2,
}: {
  readonly hidden: boolean;
  readonly children?: ReactNode;
  readonly width?: 1 | 2 | 3;
}): ReactElement {
  const { t } = useTranslation();
  if (!hidden) return <span className="redacted-open">{children}</span>;
  return (
    <span className={`redacted redacted-${width}`}>
      <span className="hidden-visually">{t('common.hidden')}</span>
    </span>
  );
}

/** The width of a bar says nothing about the value under it: it follows from the place in the list alone. */
export const barWidth = (at: number): 1 | 2 | 3 => (((at * 7) % 3) + 1) as 1 | 2 | 3;
