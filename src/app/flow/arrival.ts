/** Where this page was opened from, as it was on arrival: moving about inside the app does not change it. Empty for none. */
export const arrivedFrom: string = document.referrer;
