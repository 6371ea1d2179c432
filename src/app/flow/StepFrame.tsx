import { type ReactElement, type ReactNode, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useFocusOn } from '../ui/Page.tsx';

interface Props {
  readonly title: string;
  readonly lead?: ReactNode;
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
}

/** One step: focus goes to its heading when it begins, its actions stay in reach of the thumb. */
export function StepFrame({ title, lead, children, actions }: Props): ReactElement {
  const { t } = useTranslation();
  const heading = useFocusOn<HTMLHeadingElement>(title);
  useEffect(() => {
    document.title = t('common.documentTitle', { page: title });
  }, [title, t]);
  return (
    <div className="step">
      <header className="page-head">
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {lead !== undefined && <p className="lead">{lead}</p>}
      </header>
      {children}
      {actions !== undefined && <div className="step-actions">{actions}</div>}
    </div>
  );
}
