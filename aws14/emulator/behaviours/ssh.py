"""SSH into instances, by key pair.

What AWS does
    At the first start cloud-init puts the public half of the instance's key pair into ``authorized_keys`` of the
    image's user: ec2-user, ubuntu. Who holds the private half logs in as that user, without a password, from where
    routes, network ACLs and security groups let the connection through; root is told to be somebody else.
What moto leaves out
    Key pairs are real keys that open nothing.
What this adds
    A door on loopback for each instance and source, handed out when a connection to port 22 is open. Key pairs that
    were made or imported get in, as do keys added to ``authorized_keys`` later; wrong keys, passwords and other users
    do not. A session is a shell on the instance with the interpreter of user data; commands take AWS time. At each
    login it is asked again whether the source gets through.
What it still does not do
    sftp, scp, port and agent forwarding, EC2 Instance Connect. Port 22 opens when user data is done, not before.
"""

from __future__ import annotations

__all__ = ["install"]


def install() -> None:
    """Make sure that moto's key pairs still have a public half; doors are opened when somebody connects."""
    from moto.ec2.models.key_pairs import KeyPair

    vars(KeyPair)["public_key"]
