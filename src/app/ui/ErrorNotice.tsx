import type { ReactElement, ReactNode } from 'react';
import type { TacitError } from '../../base/index.ts';
import { Notice, type NoticeKind } from './Notice.tsx';
import { useErrorSentence } from './useFormat.ts';

interface Props {
  readonly error: TacitError;
  readonly title?: ReactNode;
  readonly actions?: ReactNode;
  /** What is no failure of anything (waiting, a score below) is not shown as one. */
  readonly kind?: NoticeKind;
}

/** What happened and what to do, as the catalogue says it, with the actions that do it. */
export function ErrorNotice({ error, title, actions, kind = 'danger' }: Props): ReactElement {
  const sentence = useErrorSentence();
  return (
    <Notice kind={kind} live title={title} actions={actions}>
      <p data-code={error.code}>{sentence(error)}</p>
    </Notice>
  );
}
