// Messages that are no errors and tell of statements within others.
#pragma once

namespace ddm
{

void quiet_messages_install();

} // namespace ddm
