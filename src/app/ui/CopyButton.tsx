import { type ReactElement, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from './Button.tsx';

export function CopyButton({ text }: { readonly text: string }): ReactElement {
  const { t } = useTranslation();
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (!done) return;
    const timer = setTimeout(() => setDone(false), 2000);
    return () => clearTimeout(timer);
  }, [done]);
  const copy = (): void => {
    navigator.clipboard.writeText(text).then(
      () => setDone(true),
      () => setDone(false), // refused by the browser: the text stands beside the button and can be selected
    );
  };
  return (
    <>
      <Button kind="quiet" icon={done ? 'check' : 'copy'} onClick={copy}>
        {done ? t('common.copied') : t('common.copy')}
      </Button>
      <span className="hidden-visually" role="status">
        {done ? t('common.copied') : ''}
      </span>
    </>
  );
}
