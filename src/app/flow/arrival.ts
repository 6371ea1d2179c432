/** Where this page was opened from, as it was on arrival: moving about inside the app does not change it. Empty for none, and where there is no page. */
export const arrivedFrom: string = typeof document === 'undefined' ? '' : document.referrer;

/** Whether the browser says that a page of `origin` led here. A link in a message, a code on paper or a bookmark says nothing. */
export const cameFrom = (origin: string, referrer = arrivedFrom): boolean => referrer.startsWith(`${origin}/`);
