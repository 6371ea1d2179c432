import { errorSentence } from '../base/index.ts';
import { start } from './index.ts';

// Strings are not there yet when this fails, so it says what it can: never a blank page.
start().catch((cause: unknown) => {
  console.error(cause);
  document.getElementById('app')?.replaceChildren(errorSentence({ code: 'internal/error' }));
});
