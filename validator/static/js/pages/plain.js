/** The script of pages that need none: the app installs and updates itself, signing out forgets. */

import { begin, isKioskLocked, KIOSK_PAGE } from "./common.js";
import { SIGN_IN } from "./session_end.js";

// Kept pages open without the server's leave: a locked tablet goes back to its door.
if (isKioskLocked() && location.pathname !== SIGN_IN) {
  location.replace(KIOSK_PAGE);
}
begin({ isIdle: () => true });
