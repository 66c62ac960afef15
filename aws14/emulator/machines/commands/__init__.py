"""The commands that scripts on a machine may use; anything else is unsupported, or not found as on the real image.

============  ============================================================================================
``options``   how options are read
``shell``     built-in: cd, set, export, read, source, eval, exit ...
``writing``   echo, printf, cat, tee, date, sleep, seq ...
``texts``     grep, head, tail, cut, tr, sort, uniq, wc
``editing``   sed, awk (one field-printing form)
``files``     mkdir, cp, mv, rm, chmod, chown, ln, touch, find, mktemp
``listing``   ls, readlink, basename, dirname
``mounting``  lsblk, blkid, mkfs, mount, umount, df, file -s
``people``    whoami, id, sudo, su, useradd, usermod, groupadd
``system``    hostname, hostnamectl, uname, uptime, ps, ss, free, kill
``wrapping``  nohup, env, timeout, xargs, command, which
``services``  systemctl, service, chkconfig
``packages``  dnf, yum, amazon-linux-extras, rpm
``debian``    apt-get, apt
``network``   curl, wget
``probing``   nc, ec2-metadata, aws --version, python3 -m http.server
============  ============================================================================================
"""

from importlib import import_module

for _name in (
    "shell",
    "writing",
    "texts",
    "editing",
    "files",
    "listing",
    "mounting",
    "people",
    "system",
    "wrapping",
    "services",
    "packages",
    "debian",
    "network",
    "probing",
):
    import_module(f"{__name__}.{_name}")
