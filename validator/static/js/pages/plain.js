/** The script of pages without one of their own: install and update the app, sign out. */

import { begin, isKioskLocked, KIOSK_PAGE } from "./common.js";
import { SIGN_IN } from "./session_end.js";

// The service worker opens pages without asking the server: a locked tablet goes back to the kiosk page.
if (isKioskLocked() && location.pathname !== SIGN_IN) {
  location.replace(KIOSK_PAGE);
}
begin({ isIdle: () => true });
