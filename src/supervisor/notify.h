/*
 * notify - tells the service manager how far we are (systemd's sd_notify: one datagram).
 */
#ifndef SUPERVISOR_NOTIFY_H
#define SUPERVISOR_NOTIFY_H

enum notify_state { NOTIFY_READY, NOTIFY_RELOADING, NOTIFY_STOPPING };

/* Does nothing without NOTIFY_SOCKET in the environment. */
void notify_manager(enum notify_state state);

#endif
