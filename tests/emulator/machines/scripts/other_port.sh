#!/bin/bash
dnf install -y httpd
sed -i 's/^Listen 80$/Listen 8080/' /etc/httpd/conf/httpd.conf
mkdir -p /srv/site
sed -i 's|DocumentRoot "/var/www/html"|DocumentRoot "/srv/site"|' /etc/httpd/conf/httpd.conf
grep -n '^Listen\|^DocumentRoot' /etc/httpd/conf/httpd.conf
for page in index about contact; do
  echo "<h1>${page^}</h1>" > /srv/site/$page.html
done
systemctl enable --now httpd
