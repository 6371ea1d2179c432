import { type ReactElement, type ReactNode, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';

/** Moves focus to a heading when what it heads has replaced the former content, so that a screen reader starts there. */
export function useFocusOn<T extends HTMLElement>(key: unknown): React.RefObject<T | null> {
  const ref = useRef<T>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key is the reason to move the focus again
  useEffect(() => {
    ref.current?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }, [key]);
  return ref;
}

interface Props {
  readonly title: string;
  readonly lead?: ReactNode;
  readonly children?: ReactNode;
  readonly wide?: boolean;
  /** Beside the heading: a way back, a small action. */
  readonly before?: ReactNode;
}

/** One screen: names the document, and puts the focus on its heading when one comes here. */
export function Page({ title, lead, children, wide = false, before }: Props): ReactElement {
  const { t } = useTranslation();
  const heading = useFocusOn<HTMLHeadingElement>(title);
  useEffect(() => {
    document.title = t('common.documentTitle', { page: title });
  }, [title, t]);
  return (
    <div className={`page ${wide ? 'page-wide' : ''}`}>
      <header className="page-head">
        {before}
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {lead !== undefined && <p className="lead">{lead}</p>}
      </header>
      {children}
    </div>
  );
}
