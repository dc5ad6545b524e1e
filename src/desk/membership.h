/*
 * membership - how one becomes an editor, and with which certificates. Each is a desk_page (see
 * office.h). Only membership_devices can count on a person; the others look at the visitor.
 */
#ifndef DESK_MEMBERSHIP_H
#define DESK_MEMBERSHIP_H

#include "upload/office.h"

desk_page membership_join;     /* /desk/join: takes an invitation code */
desk_page membership_welcome;  /* /welcome: whether the identity works on the whole site */
desk_page membership_devices;  /* /desk/devices and what lies below: devices.c */
desk_page membership_stranger; /* /desk/ with a certificate that nobody knows */

#endif
