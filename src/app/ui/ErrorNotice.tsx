import type { ReactElement, ReactNode } from 'react';
import type { TacitError } from '../../base/index.ts';
import { Notice } from './Notice.tsx';
import { useErrorSentence } from './useFormat.ts';

/** What happened and what to do, as the catalogue says it, with the actions that do it. */
export function ErrorNotice({
  error,
  title,
  actions,
}: {
  readonly error: TacitError;
  readonly title?: ReactNode;
  readonly actions?: ReactNode;
}): ReactElement {
  const sentence = useErrorSentence();
  return (
    <Notice kind="danger" live title={title} actions={actions}>
      <p data-code={error.code}>{sentence(error)}</p>
    </Notice>
  );
}
